"""Tests that the removal of any part of a role's, key's, resource's or endpoint's document is noticed."""

from __future__ import annotations

import re
from functools import cache

import pytest

from iam_documents import allow, deny, document
from tests.roles.account import Account, Call
from tests.roles.expected import expected
from tests.roles.mutants import Run, missed_everywhere, run, unneeded
from tests.roles.stack_account import EXEC, account_of, settings_for

SAMPLE = ("prod", "cinematch-production", EXEC)
"""One stack of each platform, and ECS Exec; __main__.py runs all stacks."""


def proved_elsewhere(stack: str) -> set[str]:
    """Roles that test_coverage.py and test_deploy_role.py mutate, with a boundary of the same documents."""
    names = settings_for(stack).names
    return {names.update_role, names.deploy_role}


@cache
def sample() -> tuple[Run, ...]:
    return tuple(run(account_of(one), expected(one), proved_elsewhere(one)) for one in SAMPLE)


@pytest.mark.parametrize("stack", SAMPLE)
def test_every_decision_is_the_expected_one(stack: str) -> None:
    account = account_of(stack)
    wrong = {one for one in expected(stack) if not account.holds(one)}
    assert {f"{one.who}: {one.action} on {one.resource} ({one.why})" for one in wrong} == set()


def test_the_removal_of_any_statement_or_action_is_noticed() -> None:
    assert missed_everywhere(sample()) == set()


@pytest.mark.parametrize(
    ("kind", "parts"),
    [("role", 150), ("trust", 20), ("boundary", 30), ("policy", 250), ("endpoint", 5)],
)
def test_documents_of_each_kind_are_mutated(kind: str, parts: int) -> None:
    made = {part for one in sample() for part in one.made if part[0].startswith(f"{kind} ")}
    assert len(made) >= parts


def test_what_no_call_needs_is_about_log_groups_only() -> None:
    """An ARN without ``:*`` beside the one with it, and the streams of a host's application log."""
    runs = [unneeded(account_of(one), expected(one), proved_elsewhere(one)) for one in SAMPLE]
    left = {part for _, part in missed_everywhere(runs)}
    assert left
    assert {
        one
        for one in left
        if not re.fullmatch(r"logs:\w+ on arn:aws:logs:[^*]*:log-group:[^*]*(/app:\*)?", one)
    } == set()


def test_a_part_that_nobody_needs_is_missed() -> None:
    names = settings_for("prod").names
    held = document(allow(("s3:GetObject", "s3:PutObject"), "*"), deny("s3:PutObject", "*", sid="Never"))
    account = Account(names, {("role", "x p"): held})
    calls = [
        Call("x", "s3:GetObject", "arn:aws:s3:::b/x", "reads"),
        Call("x", "s3:PutObject", "*", "", refused=True),
    ]
    assert run(account, calls).unnoticed == {("role x p", "statement 1: s3:PutObject")}
    assert unneeded(account, calls).unnoticed == {("role x p", "s3:PutObject on *")}
