"""Tests of the purposes of KMS keys, compared with the keys that the program creates."""

from __future__ import annotations

from typing import Any

import pytest

from settings import read_stack_file
from settings.kms_purposes import kms_purposes
from tests.program import STACKS, shipped
from tests.settings.stack_files import REMOVED, accept

ALWAYS = ("secrets", "data", "logs", "alerts")


@pytest.mark.parametrize(
    ("stack", "changes", "purposes"),
    [
        ("prod", (), (*ALWAYS, "audit", "backup")),
        ("staging", (("audit", REMOVED),), ALWAYS),
        ("staging", (("platform.execEnabled", True),), (*ALWAYS, "audit", "exec")),
        ("cinematch-staging", (), (*ALWAYS, "sessions", "audit")),
    ],
)
def test_a_key_exists_for_what_a_stack_has(
    stack: str, changes: tuple[tuple[str, Any], ...], purposes: tuple[str, ...]
) -> None:
    assert kms_purposes(accept(*changes, stack=stack)) == purposes


@pytest.mark.parametrize("stack", STACKS)
def test_the_program_makes_a_key_for_each_purpose(stack: str) -> None:
    settings = read_stack_file(stack)
    made = {alias["name"] for alias in shipped(stack).all("aws:kms/alias:Alias")}
    assert made == {settings.names.key_alias(purpose) for purpose in kms_purposes(settings)}
