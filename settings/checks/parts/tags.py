"""Checks the tags that a stack file adds to every resource."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.schema.stack import Settings

MOST_TAGS = 30
"""AWS allows 50 tags on a resource; the rest are the program's."""
_OWN_KEYS = ("App", "Env", "ManagedBy", "Name", "BackupPlan", "PatchGroup")
_OWN_PREFIXES = ("aws:", "strongroom:")


def tag_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that no extra tag takes the key of one of the program, and that AWS allows so many."""
    for key in settings.extra_tags:
        if key in _OWN_KEYS or key.lower().startswith(_OWN_PREFIXES):
            yield f"extraTags.{key}: is a key of the program or of AWS; choose another"
    if len(settings.extra_tags) > MOST_TAGS:
        number = len(settings.extra_tags)
        yield f"extraTags: has {number} tags, and at most {MOST_TAGS} fit; remove {number - MOST_TAGS}"
