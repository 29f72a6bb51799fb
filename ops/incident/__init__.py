"""Replaces every secret after a suspected breach; a second run continues from the operation record."""
