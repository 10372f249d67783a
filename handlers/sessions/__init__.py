"""Where a conversation rests between two messages: Redis, one encrypted value a person."""
