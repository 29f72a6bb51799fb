"""Tests of secrets: readers are those of the declaration, and age and due date follow from the store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from report.schema import Secret
from settings import read_stack_file
from settings.grants import entries, grants
from tests.program import STACKS
from tests.report.declared import NOW, report


def secret(stack: str, key: str) -> Secret:
    return next(one for one in report(stack).secrets if one.key == key and one.holds == "current")


@pytest.mark.parametrize("stack", STACKS)
def test_the_readers_of_each_name_are_the_declared_roles(stack: str) -> None:
    declared = grants(read_stack_file(stack)).readers
    shown = {one.name: tuple(reader.role for reader in one.readers) for one in report(stack).secrets}
    assert shown == declared


def test_a_reader_is_named_as_in_the_stack_file_with_how_it_gets_the_value() -> None:
    ways = {(one.reader, one.means) for one in secret("staging", "entry-encryption-key").readers}
    assert ways == {
        ("user", "injected when a task starts, as ENTRY_ENCRYPTION_KEY"),
        ("user", "API call of the running task"),
    }


def test_a_secret_is_due_when_it_reaches_its_greatest_age() -> None:
    one = secret("staging", "jwt-secret")
    assert one.age_days == 3
    assert one.due == (NOW + timedelta(days=one.rotate_every - 3)).date()
    assert one.state == "fresh"


def test_states_say_what_is_overdue_due_soon_or_has_no_value() -> None:
    first, second, *_, last = read_stack_file("staging").secrets
    assert [secret("staging", key).state for key in (first, second, last)] == [
        "overdue",
        "due soon",
        "no value",
    ]


def test_only_a_generated_value_has_a_generation() -> None:
    shown = {one.key: one.generation for one in report("staging").secrets}
    assert shown["jwt-secret"] == 1
    assert shown["database-url"] is None


def test_what_makes_new_values_is_said() -> None:
    assert "rotation function" in secret("staging", "database-url").rotated_by
    assert "generation" in secret("staging", "jwt-secret").rotated_by
    assert "import-env" in secret("cinematch-staging", "tmdb-token").rotated_by


@pytest.mark.parametrize("stack", STACKS)
def test_every_name_of_the_store_is_there_once(stack: str) -> None:
    names = [one.store_name for one in entries(read_stack_file(stack))]
    assert [one.name for one in report(stack).secrets] == names
