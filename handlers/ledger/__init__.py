"""The books, in SQL: payments, balanced entries, keys, people and what they agreed to."""
