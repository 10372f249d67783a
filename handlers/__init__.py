"""The outside world: one folder per counterpart, named by role. What comes in, what goes out, the real one and its fake."""
