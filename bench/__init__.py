"""Measures performance and compares each figure with its limit; these are not tests."""
