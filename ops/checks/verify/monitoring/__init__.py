"""Checks of log groups, alarms and their topics."""
