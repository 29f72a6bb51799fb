"""encryption_keys."""
