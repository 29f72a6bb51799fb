"""Tests of the encrypted columns' checks: what a stack file may declare, and the messages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.stack_files import REMOVED, accept, problems

SECRET = "secrets.entry-encryption-key"
COLUMNS = f"{SECRET}.encryptedColumns"
ENTRIES = {"table": "lib_entries", "key": "id", "column": "content", "owner": "user_id"}
READS_ENVELOPES = (
    (f"{SECRET}.envelope", "enc2"),
    (f"{SECRET}.keyring.readers", ["user"]),
)


@pytest.mark.finding(5)
@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_shipped_stacks_declare_what_the_application_encrypts(stack: str) -> None:
    declared = accept(stack=stack).secrets["entry-encryption-key"].encrypted_columns
    assert {(one.table, one.key, one.column, one.owner) for one in declared} == {
        ("lib_entries", "id", "content", "user_id"),
        ("usr_insights", "id", "content", "user_id"),
        ("usr_reflections", "id", "challenge_question", "user_id"),
        ("usr_reflections", "id", "user_response", "user_id"),
    }
    assert [one.column for one in declared if one.may_be_empty] == ["user_response"]


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_shipped_task_names_no_column(stack: str) -> None:
    command = accept(stack=stack).tools["reencrypt"].command
    assert not any("lib_entries" in word or word == "--target" for word in command)


@pytest.mark.parametrize("envelope", ["legacy", "enc2", "enc2-only"])
def test_a_column_may_have_any_format_that_the_readers_understand(envelope: str) -> None:
    settings = accept((COLUMNS, [ENTRIES | {"envelope": envelope}]), *READS_ENVELOPES)
    (column,) = settings.secrets["entry-encryption-key"].encrypted_columns
    assert column.envelope == envelope


def test_a_table_with_its_schema_declares_what_enters_the_associated_data() -> None:
    table = ENTRIES | {"table": "public.lib_entries"}
    named = table | {"logicalName": {"table": "lib_entries", "column": "content"}}
    assert problems((COLUMNS, [named])) == []
    assert problems((COLUMNS, [table])) == [
        f"{COLUMNS}[0].table=public.lib_entries: carries a schema; declare logicalName: {{table, column}}, "
        "the names that the application puts into the associated data"
    ]


RULE = "(at most 63 letters, digits and underscores, not starting with a digit); correct it"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"table": "lib entries"}, f"table=lib entries: is not TABLE or SCHEMA.TABLE {RULE}"),
        ({"table": "a.b.c"}, f"table=a.b.c: is not TABLE or SCHEMA.TABLE {RULE}"),
        ({"table": ".t"}, f"table=.t: is not TABLE or SCHEMA.TABLE {RULE}"),
        ({"table": "1t"}, f"table=1t: is not TABLE or SCHEMA.TABLE {RULE}"),
        ({"table": "t" * 64}, f"table={'t' * 64}: is not TABLE or SCHEMA.TABLE {RULE}"),
        ({"key": "id; --"}, f"key=id; --: is not a valid column name {RULE}"),
        ({"column": "a.b"}, f"column=a.b: is not a valid column name {RULE}"),
        ({"owner": 'a"b'}, f'owner=a"b: is not a valid column name {RULE}'),
        ({"key": "content"}, "key=content: is the encrypted column itself; name the column of the key"),
        ({"owner": "content"}, "owner=content: is the encrypted column itself; name the column of the owner"),
        ({"tabel": "x"}, 'tabel: unknown setting; did you mean "table"?'),
        ({"key": REMOVED}, "key: missing"),
        ({"mayBeEmpty": "perhaps"}, "mayBeEmpty=perhaps: "),
        ({"envelope": "enc3"}, "envelope=enc3: input should be 'legacy', 'enc2' or 'enc2-only'"),
        ({"logicalName": {"table": "t"}}, "logicalName.column: missing"),
        (
            {"logicalName": {"table": "t", "column": "c", "schema": "s"}},
            "logicalName.schema: unknown setting",
        ),
    ],
)
def test_a_mistake_in_a_column_is_named_with_its_path(change: dict[str, Any], says: str) -> None:
    column = {key: value for key, value in (ENTRIES | change).items() if value is not REMOVED}
    said = problems((COLUMNS, [column]))
    assert [one for one in said if one.startswith(f"{COLUMNS}[0].{says}")], said


@pytest.mark.parametrize("envelope", ["enc2", "enc2-only"])
def test_a_format_that_the_readers_do_not_know_is_refused(envelope: str) -> None:
    assert problems((COLUMNS, [ENTRIES | {"envelope": envelope}])) == [
        f"{COLUMNS}[0].envelope={envelope}: the secret's readers understand envelope: legacy only; declare "
        "envelope: enc2 on the secret once they read it, or remove this"
    ]


@pytest.mark.parametrize("again", ["lib_entries", "public.lib_entries"])
def test_a_column_is_declared_once(again: str) -> None:
    twin = ENTRIES | {"table": again, "logicalName": {"table": "lib_entries", "column": "content"}}
    assert problems((COLUMNS, [ENTRIES, twin])) == [
        f"{COLUMNS}[1].column={again}.content: already declared by {COLUMNS}[0]; declare it once"
    ]


def test_two_columns_of_a_table_are_two_columns() -> None:
    assert problems((COLUMNS, [ENTRIES, ENTRIES | {"column": "title"}])) == []


def test_only_a_key_that_encrypts_rows_has_columns() -> None:
    assert (
        "secrets.jwt-secret.encryptedColumns: kind jwt-hs256-key encrypts no rows; remove it, or declare "
        "kind: aes-256-key"
    ) in problems(("secrets.jwt-secret.encryptedColumns", [ENTRIES]), (COLUMNS, []))


def test_only_a_key_with_a_ring_has_columns() -> None:
    assert (
        f"{COLUMNS}: re-encryption needs the secret's keyring, and there is none; declare keyring"
    ) in problems((f"{SECRET}.keyring", REMOVED))
