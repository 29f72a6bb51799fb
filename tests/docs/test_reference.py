"""Tests of the reference page, against the code that it describes."""

from __future__ import annotations

from components.delivery.deploy_contract import COMMON, CONTAINERS, HOST, OPTIONAL
from docs.reference import OUTPUTS, page
from ops.core.exits import Exit


def test_describes_exactly_the_outputs_of_the_deploy_contract() -> None:
    assert OUTPUTS.keys() == {*COMMON, *CONTAINERS, *HOST, *OPTIONAL}


def test_lists_every_exit_code_with_its_meaning() -> None:
    text = page()
    assert all(f"| {code.value} | " in text for code in Exit)


def test_lists_every_command_of_both_command_lines() -> None:
    text = page()
    assert all(
        f"| `{name}` | " in text for name in ("up", "preview", "verify", "rotate", "incident", "import-env")
    )
