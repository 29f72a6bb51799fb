"""load_balancing."""
