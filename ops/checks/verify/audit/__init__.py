"""Checks of the account's record: trail, detection and account-wide defaults."""
