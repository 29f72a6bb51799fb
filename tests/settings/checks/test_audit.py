"""Tests of the audit's checks: lock days, GuardDuty in production, one owner per account."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest

from settings import SettingsError, parse, read_stack_file
from settings.grants import session_readers
from settings.policy_config import GATES, pack_config
from settings.stack_file import ROOT, other_owners
from tests.settings.stack_files import REMOVED, accept, changed, problems

ACCOUNT = "222233334444"
MOVED = (("accountId", ACCOUNT), ("administrators", [f"arn:aws:iam::{ACCOUNT}:role/aiponge-pulumi-up"]))


def test_a_lock_that_outlives_what_it_locks_is_refused() -> None:
    assert problems(("audit.lockDays", 366)) == [
        "audit.lockDays=366: above keepDays=365, so expired files could not be deleted; "
        "lower it, or raise keepDays"
    ]


def test_a_lock_as_long_as_what_it_locks_is_accepted() -> None:
    assert problems(("audit.lockDays", 365), ("audit.keepDays", 365)) == []


@pytest.mark.accepts("B59")
def test_production_without_detection_is_refused() -> None:
    assert problems(("audit.guardDuty", [])) == [
        "audit.guardDuty: empty in production; remove it to enable every feature"
    ]
    assert problems(("audit.guardDuty", []), stack="staging") == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("audit.lockMode", "NONE"),
        ("audit.logDays", 0),
        ("audit.unusedAccessDays", 366),
        ("audit.guardDuty", ["S3"]),
        ("audit.inspector", ["S3"]),
        ("audit.acountWide", True),
    ],
)
def test_what_the_audit_does_not_take_is_named_by_its_path(path: str, value: object) -> None:
    (problem,) = problems((path, value))
    assert problem.startswith(path)


def refused(owners: dict[str, str], *changes: tuple[str, object]) -> list[str]:
    try:
        parse("prod", changed(*MOVED, *changes), others={}, owners=owners, examples_allowed=True)
    except SettingsError as error:
        return list(error.problems)
    return []


def test_two_stacks_of_one_account_cannot_both_own_it() -> None:
    assert refused({"Pulumi.staging.yaml": ACCOUNT}) == [
        f"audit.accountWide=true: Pulumi.staging.yaml has it for account {ACCOUNT} too, and an account "
        "has one detector, recorder and password policy; set it to false in one of the two"
    ]


@pytest.mark.parametrize(
    ("owners", "changes"),
    [
        ({"Pulumi.staging.yaml": "333344445555"}, ()),
        ({"Pulumi.staging.yaml": ACCOUNT}, (("audit.accountWide", False),)),
        ({"Pulumi.staging.yaml": ACCOUNT}, (("audit", REMOVED),)),
    ],
    ids=["another_account", "not_account_wide", "no_audit"],
)
def test_a_stack_that_leaves_the_account_to_another_is_accepted(
    owners: dict[str, str], changes: tuple[tuple[str, object], ...]
) -> None:
    assert refused(owners, *changes) == []


def test_the_other_stack_files_say_which_accounts_they_own(tmp_path: Path) -> None:
    for stack in ("prod", "staging", "cinematch-staging"):
        copy(ROOT / f"Pulumi.{stack}.yaml", tmp_path)
    shared = tmp_path / "Pulumi.staging.yaml"
    shared.write_text(shared.read_text().replace("accountWide: true", "accountWide: false"))
    assert other_owners("prod", tmp_path) == {"Pulumi.cinematch-staging.yaml": "111122223333"}


def test_a_stack_file_is_read_with_what_the_others_own(tmp_path: Path) -> None:
    for stack in ("prod", "staging"):
        text = (ROOT / f"Pulumi.{stack}.yaml").read_text().replace("111122223333", ACCOUNT)
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"audit.accountWide=true: Pulumi.staging.yaml"):
        read_stack_file("prod", tmp_path)


def test_the_pack_is_told_whether_the_account_is_ours() -> None:
    for changes, owned in (
        ((), True),
        ((("audit", REMOVED),), False),
        ((("audit", {"logDays": 30}),), False),
    ):
        assert pack_config(accept(*changes))[GATES[0]]["audit"] is owned


def test_what_reads_secrets_by_right_is_named_shortly() -> None:
    assert session_readers(read_stack_file("prod")) == (
        "aiponge-exec-*",
        "aiponge-task-*",
        "aiponge-check-restored-database",
        "aiponge-rotate",
        "aiponge-pulumi-up",
    )
    assert session_readers(read_stack_file("cinematch-production")) == (
        "cinematch-ec2-role",
        "cinematch-deploy",
        "cinematch-pulumi-up",
    )
