"""The outside world: one folder per counterpart, named by role: what comes in, what goes out, the real and the fake."""
