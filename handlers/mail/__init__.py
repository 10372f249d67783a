"""The post: keys and receipts by email."""
