"""What billing is told of the money that moved here, and what it tells us back."""
