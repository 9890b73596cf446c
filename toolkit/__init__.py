"""A desk that never forgets: the after-sales toolkit."""
