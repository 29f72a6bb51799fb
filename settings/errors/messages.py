"""Formats errors in a stack file: path, value unless it may be secret, rule and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from settings.errors.known_keys import known_keys

_REMEDIES = {
    "bool_type": "write true or false, without quotes",
    "int_type": "write a whole number, without quotes",
}
"""The remedy by pydantic's error type, where pydantic's message contains none."""


_KINDS = (("containers",), ("host",))


class SettingsError(Exception):
    """Every error in one stack file, one line each."""

    def __init__(self, stack: str, problems: Sequence[str]) -> None:
        self.stack, self.problems = stack, tuple(problems)
        heading = f"Pulumi.{stack}.yaml: {len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__("\n".join((heading, *(f"  {problem}" for problem in problems))))


def describe(section: str, error: ValidationError, hint: Any) -> list[str]:
    """One line for each error that pydantic found in ``section``, whose type is ``hint``."""
    lines: list[str] = []
    for detail in error.errors(include_url=False, include_context=False):
        steps = steps_of(detail["loc"])
        path = section + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
        if detail["type"] == "extra_forbidden":
            # The value of an unknown key is never shown: it may be a pasted password.
            near = nearest(str(steps[-1]), known_keys(hint, steps[:-1]))
            lines.append(f"{path}: unknown setting{near or '; remove it'}")
        elif detail["type"] == "missing":
            lines.append(f"{path}: missing; add it (docs/configuration.md lists its type and values)")
        else:
            # A scalar in place of an object may be a secret.
            misplaced = detail["type"] in ("model_type", "dict_type", "model_attributes_type")
            value = "" if misplaced else shown(detail["input"])
            lines.append(f"{path}{value}: {_REMEDIES.get(detail['type']) or _sentence(detail['msg'])}")
    return lines


def steps_of(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The path in the file of a place that pydantic names: the kind of the platform is no key there."""
    return location[1:] if location[:1] in _KINDS else location


def shown(value: Any) -> str:
    """``=value`` for a short scalar, empty for a value that may contain a secret."""
    if isinstance(value, bool):
        return f"={str(value).lower()}"
    if isinstance(value, int | float):
        return f"={value}"
    return f"={value}" if isinstance(value, str) and len(value) <= 64 and value.isprintable() else ""


def nearest(word: str, words: Sequence[str]) -> str:
    """``; did you mean "x"?`` when a similar key exists."""
    found = get_close_matches(word, words, n=1, cutoff=0.6)
    return f'; did you mean "{found[0]}"?' if found else ""


def _sentence(message: str) -> str:
    own = message.removeprefix("Value error, ")  # of a rule of ours
    return own if own != message else message[:1].lower() + message[1:]
