"""The people: who texts, what they agreed to, the keys they are sent, and how often they may try."""
