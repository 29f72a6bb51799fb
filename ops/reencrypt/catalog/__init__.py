"""Reads the database's catalog: the declared columns, and columns that nobody declared."""
