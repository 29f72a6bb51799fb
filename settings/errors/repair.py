"""Leaves out what pydantic refused, so that one wrong type does not hide the errors of other settings."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from settings.errors.messages import steps_of

_ROUNDS = 5


def without_errors(parser: TypeAdapter[Any], given: Any, error: ValidationError) -> Any:
    """The section with the default for each refused field; None where a required one is refused.

    Only fields are left out, never an entry of a map or list: what refers to it would seem to be wrong.
    """
    kept = copy.deepcopy(given)
    try:
        return parser.validate_json(json.dumps(kept), strict=False)  # "no" and "3" have an obvious meaning
    except ValidationError:
        pass
    for _ in range(_ROUNDS):
        for detail in error.errors(include_url=False, include_input=False, include_context=False):
            if detail["type"] == "missing" or not _remove(kept, steps_of(detail["loc"])):
                return None
        try:
            return parser.validate_json(json.dumps(kept), strict=False)
        except ValidationError as other:
            error = other
    return None


def _remove(document: Any, steps: tuple[int | str, ...]) -> bool:
    """Whether the field at the path was there to be removed."""
    for step in steps[:-1]:
        if isinstance(document, dict) and step in document:
            document = cast(Any, document)[step]
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return False
    if not steps or not isinstance(document, dict):
        return False
    return document.pop(steps[-1], document) is not document


def refused_keys(error: ValidationError) -> set[str]:
    """The keys of the fields that were refused."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return {str(steps[-1]) for detail in details if (steps := steps_of(detail["loc"]))}


def may_follow(problem: str, refused: Collection[str]) -> bool:
    """Whether a line may only say what follows from a refused field, whose key it contains as a word."""
    return any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", problem) for key in refused)
