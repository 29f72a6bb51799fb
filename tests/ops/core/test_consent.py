"""Tests of consent: --apply is required, and a confirmation in production."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import typer

from ops.core.consent import Consent
from ops.core.exits import Exit, Stop


class _Terminal:
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    def types(answer: str) -> None:
        monkeypatch.setattr(sys, "stdin", _Terminal())
        monkeypatch.setattr(typer, "prompt", lambda *_, **__: answer)

    return types


def test_without_apply_nothing_is_written() -> None:
    assert not Consent(yes=True, reason="because").given("staging", production=False)
    assert not Consent(yes=True, reason="because").given("prod", production=True)


def test_apply_is_enough_outside_production() -> None:
    assert Consent(apply=True).given("staging", production=False)


def test_production_wants_yes_and_a_reason() -> None:
    assert Consent(apply=True, yes=True, reason="first set-up").given("prod", production=True)
    for reason in (None, "", "  "):
        with pytest.raises(Stop, match="--yes requires --reason") as stop:
            Consent(apply=True, yes=True, reason=reason).given("prod", production=True)
        assert stop.value.code == Exit.REFUSED


def test_production_without_a_terminal_is_refused() -> None:
    with pytest.raises(Stop, match="add --yes --reason TEXT") as stop:
        Consent(apply=True).given("prod", production=True)
    assert stop.value.code == Exit.REFUSED


def test_production_takes_the_stacks_name_typed(terminal: Any) -> None:
    terminal("prod")
    assert Consent(apply=True).given("prod", production=True)


@pytest.mark.parametrize("typed", ["staging", "y", "yes", "PROD"])
def test_production_takes_no_other_word(terminal: Any, typed: str) -> None:
    terminal(typed)
    with pytest.raises(Stop, match="nothing was changed") as stop:
        Consent(apply=True).given("prod", production=True)
    assert stop.value.code == Exit.REFUSED


def test_a_deletion_wants_a_confirmation_on_every_stack(terminal: Any) -> None:
    asks = Consent(apply=True, confirm="this deletes every resource of staging")
    terminal("staging")
    assert asks.given("staging", production=False)
    terminal("y")
    with pytest.raises(Stop, match="nothing was changed"):
        asks.given("staging", production=False)


def test_a_deletion_without_a_terminal_wants_yes_and_a_reason() -> None:
    asks = Consent(apply=True, yes=True, confirm="this deletes every resource of staging")
    with pytest.raises(Stop, match="this deletes every resource of staging: --yes requires --reason"):
        asks.given("staging", production=False)
