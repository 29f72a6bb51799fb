"""The function that owns the value of the database URL, and nothing else does."""
