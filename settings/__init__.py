"""A stack file as typed settings: read once, checked whole, the same for program, policies and operators.

Nothing here imports pulumi but ``settings.load``, so that ``ops`` can read a stack without the engine.
"""

from settings.errors import SettingsError
from settings.parse import parse
from settings.schema.stack import Settings
from settings.stack_file import read_stack_file

__all__ = ["Settings", "SettingsError", "parse", "read_stack_file"]
