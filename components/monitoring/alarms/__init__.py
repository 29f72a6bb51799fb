"""The alarms of each part of a stack as plain data, by the catalogue's numbers."""
