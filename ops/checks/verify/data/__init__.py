"""Checks of the RDS database and the ElastiCache cache."""
