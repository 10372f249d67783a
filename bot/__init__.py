"""How a turn works, and the words of the domain. Standard library and `transitions` only."""
