"""Checks of log groups, alarms and SNS topics."""
