"""Tests of operator-supplied values: accepted for secrets that need one, and for no other."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pulumi
import pytest

from settings.load import ConfigurationError, load, operator_values
from tests.harness import deploy
from tests.program import config_of


def supplied(stack: str, **values: str) -> set[str]:
    """The names of the values that the program reads from ``strongroom:values`` of a shipped stack."""
    found: set[str] = set()
    over: dict[str, Any] = {"strongroom:values": values}

    def program() -> None:
        pulumi.runtime.set_all_config(config_of(stack, over), ["strongroom:values"])
        with (
            mock.patch.dict("os.environ", STRONGROOM_SANDBOX="1"),
            mock.patch.object(pulumi, "get_stack", return_value=stack),
        ):
            found.update(operator_values(load()))

    deploy(program)
    return found


def test_an_operator_supplies_what_nobody_generates() -> None:
    assert supplied("cinematch-production") == {"tmdb-token", "llm-api-key"}


def test_a_value_that_the_rotation_function_makes_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"values\.database-url: no declared secret takes a value"):
        supplied("prod", **{"database-url": "postgresql://x"})
