"""Errors in a stack file: what pydantic found as one line each, with the nearest valid key."""

from settings.errors.messages import SettingsError, describe, nearest, shown

__all__ = ["SettingsError", "describe", "nearest", "shown"]
