"""The command line of ``ops restore-drill``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.operator_commands import app
from ops.core import context
from ops.core.exits import Exit
from ops.restore import cli
from tests.ops.restore.restorable import Restorable


@pytest.fixture
def typed(db: Restorable, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Types a command for the stack, whose file and session are the test's."""

    def run(stack: str, profile: str | None, consent: Any, work: Any, **how: Any) -> Exit:
        write = consent.given(stack, production=False)
        return work(db.context(as_json=how["as_json"]), write)

    monkeypatch.setattr(cli, "run", run)

    def type_(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["restore-drill", "--stack", "staging", *words])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    return type_


def test_without_apply_it_is_a_dry_run(db: Restorable, typed: Any) -> None:
    db.back_up()
    code, said = typed()
    assert code == Exit.DONE
    assert "add --apply" in said
    assert db.copies() == []


def test_json_is_one_document(db: Restorable, typed: Any) -> None:
    point = db.back_up()
    code, said = typed("--apply", "--json")
    assert code == Exit.DONE
    assert json.loads(said)["recoveryPoint"]["name"] == point


def test_from_names_a_backup(db: Restorable, typed: Any) -> None:
    db.back_up()
    db.snapshot("one")
    code, said = typed("--from", "one")
    assert code == Exit.DONE
    assert "would restore the snapshot one of " in said


def test_keep_then_resume_deletes_the_copy(db: Restorable, typed: Any) -> None:
    db.back_up()
    assert typed("--apply", "--keep")[0] == Exit.PARTLY
    assert len(db.copies()) == 1
    assert typed("--apply", "--resume")[0] == Exit.DONE
    assert db.copies() == []


def test_keep_then_abort_leaves_the_result_of_the_check(db: Restorable, typed: Any) -> None:
    db.back_up()
    typed("--apply", "--keep")
    assert typed("--apply", "--abort")[0] == Exit.DONE
    assert (db.copies(), db.stack.open()) == ([], None)


@pytest.mark.parametrize("how", ["--resume", "--abort"])
def test_from_is_refused_where_the_record_has_the_backup(typed: Any, how: str) -> None:
    code, said = typed("--from", "one", how)
    assert code == Exit.BAD_INPUT
    assert "--resume and --abort continue with the backup in the record" in said


def test_production_asks_for_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "connect", lambda *_: pytest.fail("it reached AWS"))
    done = CliRunner().invoke(app, ["restore-drill", "--stack", "prod", "--apply", "--yes"])
    assert done.exit_code == Exit.REFUSED
    assert "prod is a production stack: --yes requires --reason TEXT" in done.output
