"""Receipts that prove: the page, the PDF and the signed data that a landlord or a caseworker can check."""
