"""Checks of KMS keys, secrets and parameters: their values, their readers, and leaked values."""
