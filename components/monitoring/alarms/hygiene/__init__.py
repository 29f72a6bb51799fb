"""Alarms on backups, restore tests, and the ages of secrets and certificates."""
