"""Checks of the data stores: database and cache."""
