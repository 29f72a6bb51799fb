"""Brings changed stack files up in the sandbox, which refuses the calls that AWS would refuse."""

from __future__ import annotations

from typing import Any

from sandbox import Sandbox
from settings.stack_file import NAMESPACE
from tests.settings.stack_files import raw


def overrides(old: Any, new: Any) -> Any:
    """What must be merged into ``old`` so that it becomes ``new``: None removes a key."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {
        key: overrides(old.get(key), new.get(key))
        for key in {**old, **new}
        if key not in old or key not in new or old[key] != new[key]
    }


def changes(stack: str, objects: dict[str, Any]) -> dict[str, Any]:
    """What the objects change in a shipped stack."""
    return overrides(raw(stack), objects)


def bring_up(stack: str, objects: dict[str, Any]) -> str:
    """Why the stack with these objects does not come up; empty where it does."""
    config = {f"{NAMESPACE}{key}": value for key, value in changes(stack, objects).items()}
    with Sandbox(stack, pack=None, config=config) as sandbox:
        return sandbox.up().error
