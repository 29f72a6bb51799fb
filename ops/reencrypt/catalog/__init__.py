"""Reads the database's system catalog: the declared columns, and undeclared columns with encrypted values."""
