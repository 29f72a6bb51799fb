"""Finds credentials in the command line of a container: in options, assignments and nested shell commands."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Sequence

from .names import holds_a_credential
from .values import credential

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.+)", re.DOTALL)
_OPTION = re.compile(r"--?([A-Za-z][A-Za-z0-9_.-]+)(?:=(.+))?", re.DOTALL)
_NAMING = "secret"
"""An option that chooses a secret by its name in many programs; a value is found by its form."""
_SHORT = {
    "redis-cli": "-a",
    "mysql": "-p",
    "mysqladmin": "-p",
    "mysqldump": "-p",
    "mongosh": "-p",
    "curl": "-u",
}
"""The option of a program that is followed by a password; curl's by user and password."""
_USER_AND_PASSWORD = re.compile(r"[^\s:/$]+:(?![$/])\S+")


def in_command(command: Sequence[str]) -> Iterator[str]:
    """What in a command line is a credential, as a description without its value."""
    words = [word for text in command for word in _split(text)]
    short = next((_SHORT[program] for word in words if (program := word.rpartition("/")[2]) in _SHORT), None)
    for word, following in itertools.zip_longest(words, words[1:], fillvalue=""):
        assigned, option = _ASSIGNMENT.fullmatch(word), _OPTION.fullmatch(word)
        if kind := credential(word):
            yield f"an argument looks like a credential ({kind})"
        elif assigned and holds_a_credential(assigned[1], assigned[2]):
            yield f"it sets {assigned[1]}, which is named like a credential"
        elif option and option[1] != _NAMING and holds_a_credential(option[1], option[2] or following):
            yield f"the option {word.partition('=')[0]} is named like a credential"
        elif word == short and following and (short != "-u" or _USER_AND_PASSWORD.fullmatch(following)):
            if not following.startswith(("-", "$")):
                yield f"the option {short} passes a password"
        elif short == "-p" and word.startswith(short) and len(word) > 2 and word[2] != "$":
            yield f"the option {short} passes a password"


def _split(text: str) -> list[str]:
    """The words of a text, and those of a shell command in it; a text without blanks is one word."""
    if not re.search(r"\s", text):
        return [text]
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return [inner for word in words for inner in (_split(word) if word != text else [word])]
