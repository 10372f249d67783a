"""How fast it is, beside a floor in the same run: `make bench`."""
