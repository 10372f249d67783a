"""The utility's billing system: accounts and bills in, what is owed and who may see it."""
