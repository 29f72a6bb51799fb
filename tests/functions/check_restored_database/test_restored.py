"""Tests of the validation of a database that was dumped, restored on a second server, and then broken."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from functions.validate_restore.handler import handler as validate
from tests.functions.check_restored_database.restored import BEFORE, OLD, OTHER, ROWS, Copy

EVENT = {
    "detail-type": "Restore Job State Change",
    "detail": {"status": "COMPLETED", "restoreJobId": "job", "restoreTestingPlanArn": "arn:plan"},
}


@pytest.mark.accepts("A43")
def test_accepts_a_restored_copy(copy: Copy) -> None:
    assert copy.check() == {
        "ok": True,
        "problems": [],
        "tables": {"lib_entries": ROWS, "usr_insights": ROWS},
        "ciphertexts": {"opened": 2 * ROWS, "failed": 0},
    }


@pytest.mark.accepts("A43")
def test_reports_a_restored_copy_as_successful(copy: Copy) -> None:
    validate(EVENT)
    assert copy.results == [
        {
            "RestoreJobId": "job",
            "ValidationStatus": "SUCCESSFUL",
            "ValidationStatusMessage": "the rows and the sampled values are as expected",
        }
    ]
    assert {one["MetricName"]: one["Value"] for one in copy.metrics} == {
        "RestoreTestSuccess": 1.0,
        "RestoreTestSeconds": 540.0,
    }


def missing_rows(copy: Copy) -> list[str]:
    copy.execute("DELETE FROM lib_entries WHERE id IN (3, 4)")
    return [f"lib_entries has {ROWS - 2} rows: at least {ROWS} are expected"]


def wrong_key(copy: Copy) -> list[str]:
    copy.ring = OTHER
    return [
        f"lib_entries.content: {ROWS} of {ROWS} sampled values are not decrypted by any key of the keyring",
        f"usr_insights.content: {ROWS} of {ROWS} sampled values are under a key that is not in the keyring",
    ]


def old_ring(copy: Copy) -> list[str]:
    copy.ring = OLD
    half = ROWS // 2
    return [
        f"lib_entries.content: {half} of {ROWS} sampled values are not decrypted by any key of the keyring",
        f"usr_insights.content: {half} of {ROWS} sampled values are under a key that is not in the keyring",
    ]


def empty_table(copy: Copy) -> list[str]:
    copy.execute("TRUNCATE usr_insights")
    return [
        f"usr_insights is empty: at least {ROWS} are expected",
        "usr_insights.content has no encrypted value",
    ]


def no_connection(copy: Copy) -> list[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        copy.port = probe.getsockname()[1]
    return [f"restore_reader at localhost:{copy.port}: no connection"]


@pytest.mark.accepts("A43")
@pytest.mark.parametrize("broken", [missing_rows, wrong_key, old_ring, empty_table, no_connection])
def test_reports_what_is_broken(broken: Callable[[Copy], list[str]], copy: Copy) -> None:
    problems = broken(copy)
    validate(EVENT)
    [result] = copy.results
    assert result["ValidationStatus"] == "FAILED"
    found = result["ValidationStatusMessage"].split("; ")
    assert len(found) == len(problems)
    assert all(one.startswith(problem) for one, problem in zip(found, problems, strict=True)), found
    assert copy.metrics[0] == {"MetricName": "RestoreTestSuccess", "Value": 0.0, "Unit": "Count"}


def test_decrypts_with_the_ring_of_before_the_last_rotation_too(copy: Copy) -> None:
    copy.ring = BEFORE
    assert copy.check()["ok"] is True


@pytest.mark.parametrize("broken", [missing_rows, wrong_key, old_ring, empty_table, no_connection])
def test_answers_and_logs_no_value(
    broken: Callable[[Copy], list[str]], copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(copy)
    said = json.dumps(copy.check()) + "".join(capsys.readouterr())
    assert "ENC:" not in said
    assert "ENC2:" not in said
    assert "plain text 1" not in said
    assert json.loads(copy.ring)["keys"][0]["key"] not in said


def problems(copy: Copy) -> list[str]:
    answer = copy.check()
    assert answer["ok"] is False
    return answer["problems"]


def test_names_a_value_that_was_moved_to_another_row(copy: Copy) -> None:
    copy.execute("UPDATE usr_insights SET user_id = 'somebody else' WHERE id = 1")
    assert problems(copy) == [
        f"usr_insights.content: 1 of {ROWS} sampled values are not decrypted by any key of the keyring"
    ]


def test_names_plain_text_and_malformed_values(copy: Copy) -> None:
    copy.execute(
        "UPDATE lib_entries SET content = 'plain' WHERE id = 1",
        "UPDATE lib_entries SET content = 'ENC:AAAA' WHERE id IN (2, 3)",
        "UPDATE lib_entries SET content = NULL WHERE id = 4",
        "UPDATE lib_entries SET content = ' ' WHERE id = 5",
    )
    assert problems(copy) == [
        f"lib_entries.content: 2 of {ROWS - 2} sampled values are malformed",
        f"lib_entries.content: 1 of {ROWS - 2} sampled values are stored as plain text",
    ]


def test_names_a_format_that_the_column_refuses(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    column = {"table": "lib_entries", "key": "id", "column": "content", "owner": "user_id"}
    monkeypatch.setenv("ENCRYPTED_COLUMNS", json.dumps([{**column, "envelope": "enc2-only"}]))
    assert problems(copy) == [
        f"lib_entries.content: {ROWS} of {ROWS} sampled values are in the format ENC:, "
        "which the column refuses"
    ]


def test_checks_the_other_tables_after_one_that_is_missing(copy: Copy) -> None:
    copy.execute("DROP TABLE lib_entries", "DELETE FROM usr_insights WHERE id = 7")
    assert problems(copy) == [
        "lib_entries: the table does not exist (SQLSTATE 42P01)",
        f"usr_insights has {ROWS - 1} rows: at least {ROWS} are expected",
        "lib_entries.content: the table does not exist (SQLSTATE 42P01)",
    ]


def test_names_a_column_that_does_not_exist(copy: Copy) -> None:
    copy.execute("ALTER TABLE usr_insights RENAME answer TO reply")
    assert problems(copy) == [
        "usr_insights.answer: a declared column does not exist (SQLSTATE 42703)",
    ]


def test_names_a_table_that_the_role_may_not_read(copy: Copy) -> None:
    copy.execute("REVOKE SELECT ON usr_insights FROM restore_reader")
    lacks = "the role lacks SELECT, or row-level security hides rows from it (SQLSTATE 42501)"
    assert problems(copy) == [
        f"{name}: {lacks}" for name in ("usr_insights", "usr_insights.content", "usr_insights.answer")
    ]


def test_counts_no_table_whose_rows_are_hidden(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCRYPTED_COLUMNS", "[]")
    copy.execute(
        "ALTER TABLE usr_insights ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON usr_insights USING (user_id = CURRENT_USER)",
    )
    lacks = "the role lacks SELECT, or row-level security hides rows from it (SQLSTATE 42501)"
    assert problems(copy) == [f"usr_insights: {lacks}"]


def test_reads_a_table_of_another_schema(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.execute(
        "CREATE SCHEMA apart",
        'CREATE TABLE apart."Entry" AS SELECT 1 AS id',
        "GRANT USAGE ON SCHEMA apart TO restore_reader",
        'GRANT SELECT ON apart."Entry" TO restore_reader',
    )
    monkeypatch.setenv("TABLES", '{"apart.Entry": 1}')
    assert copy.check()["tables"] == {"apart.Entry": 1}


def test_samples_both_ends_of_the_key(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_ROWS", "4")
    copy.execute("UPDATE lib_entries SET content = 'plain' WHERE id BETWEEN 2 AND 9")
    assert copy.check()["ciphertexts"] == {"opened": 8, "failed": 0}
    copy.execute("UPDATE lib_entries SET content = 'plain' WHERE id IN (1, 10)")
    assert problems(copy) == ["lib_entries.content: 2 of 4 sampled values are stored as plain text"]


def test_says_that_nothing_is_declared(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLES")
    monkeypatch.delenv("ENCRYPTED_COLUMNS")
    assert problems(copy) == ["no table and no encrypted column is declared, so nothing was checked"]


def test_says_that_no_keyring_is_given(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RING_SECRET_ARN")
    assert problems(copy) == ["columns are declared as encrypted, and no keyring is given to decrypt them"]


def test_needs_no_keyring_without_encrypted_columns(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RING_SECRET_ARN")
    monkeypatch.delenv("ENCRYPTED_COLUMNS")
    assert copy.check()["ok"] is True


@pytest.mark.parametrize("document", ["", "{}", "not JSON"])
def test_says_that_the_keyring_is_not_usable(document: str, copy: Copy) -> None:
    copy.ring = document
    [problem] = problems(copy)
    assert problem.startswith("the secret of the keyring is not usable: ring: ")


def test_says_why_the_role_cannot_log_in(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(**_: Any) -> str:
        return "another token"

    monkeypatch.setattr(copy, "generate_db_auth_token", other)
    assert problems(copy) == [
        f"restore_reader at localhost:{copy.server.port}: the login is refused: the backup must be younger "
        "than the role, the instance must allow IAM authentication, and this function needs "
        "rds-db:connect on it"
    ]


def test_refuses_a_role_that_could_do_more(copy: Copy) -> None:
    copy.execute(
        "ALTER ROLE restore_reader CREATEDB CREATEROLE",
    )
    try:
        found = problems(copy)
    finally:
        copy.execute("ALTER ROLE restore_reader NOCREATEDB NOCREATEROLE")
    assert found == ["restore_reader has CREATEROLE, CREATEDB: it needs a login and SELECT only"]
