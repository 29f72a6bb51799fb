"""Tests of the launch checklist: items with a passing check are done, with evidence; others are open."""

from __future__ import annotations

import pytest

from ops.checks.launch_checklist import Line, walk
from tests.ops.checks.verify.data.test_database import _modified
from tests.ops.checks.verify.secrets.test_values import _put
from tests.ops.live import STACK, Live

ROWS = [f"A{number}" for number in range(34, 44)]


@pytest.fixture
def lines(live: Live) -> dict[str, Line]:
    live.aws.forget(live.touched)
    return {line.requirement: line for line in walk(live.aws, STACK)}


@pytest.mark.accepts("A1")
def test_has_every_line_of_the_seeds_list(lines: dict[str, Line]) -> None:
    assert list(lines) == ROWS


@pytest.mark.accepts("A34", "A35", "A36", "A37", "A39", "A42")
@pytest.mark.parametrize("row", ["A34", "A35", "A36", "A37", "A39", "A41", "A42"])
def test_ticks_what_the_running_stack_proves(lines: dict[str, Line], row: str) -> None:
    assert lines[row].done, str(lines[row])
    assert str(lines[row]).startswith(f"[x] {lines[row].title}: ")


@pytest.mark.accepts("A43")
def test_leaves_the_restore_open_until_something_tests_it(lines: dict[str, Line]) -> None:
    assert str(lines["A43"]).startswith("[ ] Restore tested: never\n")
    (finding,) = [one for one in lines["A43"].findings if one.check == "restore-tested"]
    assert finding.problem == "no restore of its backups was tested"
    assert finding.remedy == "run `ops restore-drill --stack staging --apply`"


@pytest.mark.parametrize(
    ("row", "evidence"),
    [
        ("A34", "aiponge/entry-encryption-key kid "),
        ("A35", "aiponge/internal-service-secret kid "),
        ("A36", "StorageEncrypted=True, KmsKeyId=arn:aws:kms:"),
        ("A38", "subnets: 2 public, 2 private, 2 isolated"),
        ("A42", "BackupRetentionPeriod=7"),
    ],
)
def test_shows_its_evidence(lines: dict[str, Line], row: str, evidence: str) -> None:
    assert lines[row].evidence.startswith(evidence)


@pytest.mark.accepts("A1")
def test_shows_no_value(live: Live, lines: dict[str, Line]) -> None:
    names = ("aiponge/entry-encryption-key", "aiponge/internal-service-secret")
    store = live.client("secretsmanager")
    for name in names:
        value = store.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"]
        assert not any(value in str(line) for line in lines.values())


@pytest.mark.accepts("A42")
def test_unticks_the_line_that_a_slip_breaks_and_no_other(live: Live, lines: dict[str, Line]) -> None:
    undo = _modified(BackupRetentionPeriod=6)(live)
    live.aws.forget({"rds"})
    try:
        after = {line.requirement: line for line in walk(live.aws, STACK)}
    finally:
        undo()
    assert {row for row in ROWS if after[row].done != lines[row].done} == {"A42"}
    assert "keeps backups for 6 days" in str(after["A42"])


@pytest.mark.accepts("A34")
def test_unticks_the_entry_key_when_it_is_malformed(live: Live, lines: dict[str, Line]) -> None:
    undo = _put("aiponge/entry-encryption-key", "not a key")(live)
    live.aws.forget({"secretsmanager"})
    try:
        after = {line.requirement: line for line in walk(live.aws, STACK)}
    finally:
        undo()
    assert not after["A34"].done
    assert "malformed" in after["A34"].evidence
    assert after["A35"].done
