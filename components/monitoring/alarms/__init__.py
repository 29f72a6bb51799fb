"""The alarms of each part of a stack, as plain data."""
