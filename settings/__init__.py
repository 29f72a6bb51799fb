"""Parses and checks a stack file as typed settings, for the program, the policy pack and operator commands.

Only ``settings.load`` imports pulumi, so that ``ops`` can read a stack without the engine.
"""

from settings.errors import SettingsError
from settings.parse import parse
from settings.schema.stack import Settings
from settings.stack_file import read_stack_file

__all__ = ["Settings", "SettingsError", "parse", "read_stack_file"]
