"""Checks of keys, secrets and parameters: their values, their readers, and where values leak."""
