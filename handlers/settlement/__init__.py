"""Reconciliation: Stripe's own account of our money, held against the ledger line by line, every morning."""
