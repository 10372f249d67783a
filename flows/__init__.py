"""What we say: one module a conversation, and `copy/<language>.toml` with every sentence."""
