"""Measurements, each beside the limit it is held against; nothing here is a test."""
