"""Writes a run in the formats that other programs read, and what matters of it in a few lines."""
