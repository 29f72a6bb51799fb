"""Detects credentials by names, values and command lines, for the policy pack and for the program.

It is in the pack's folder, because the pack is installed by itself; it imports the standard library only. The
pack imports it as ``secret_detection``, the program as ``policies.secret_detection``.
"""

from .commands import in_command
from .names import holds_a_credential, names_a_credential
from .values import FORMATS, credential, layers, scan

__all__ = [
    "FORMATS",
    "credential",
    "holds_a_credential",
    "in_command",
    "layers",
    "names_a_credential",
    "scan",
]
