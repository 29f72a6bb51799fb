"""A whole re-encryption under live writers, killed runners and terminated sessions, on a real PostgreSQL."""
