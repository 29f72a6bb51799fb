"""Writes the policy violations of a run in the formats that other programs read."""
