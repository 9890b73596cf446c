"""The figures of a month: what was asked of the desk, how long it took, what it came to (20, Digest and reports)."""
