"""Tests of repointing the database URL."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.core.exits import Exit, Stop
from ops.rotation.repoint import repoint, with_host
from tests.ops.rotation.test_rotate import tasks
from tests.ops.stack_folder import StackFolder

NAME = "aiponge/database-url"
CHARS = st.text("abcXYZ019-._~%25", min_size=1, max_size=20)


@settings(max_examples=50)
@given(user=CHARS, password=CHARS, host=st.from_regex(r"[a-z]{1,9}(\.[a-z]{2,5})?", fullmatch=True))
def test_and_nothing_but_its_host_changes(user: str, password: str, host: str) -> None:
    url = f"postgresql://{user}:{password}@old.example:5432/app?sslmode=require"
    assert with_host(url, host) == url.replace("@old.example:", f"@{host}:")


def test_not_where_it_leads_there_already() -> None:
    assert with_host("postgresql://u:p@db.example:5432/app?sslmode=require", "db.example") is None


@pytest.mark.attack(12)
@pytest.mark.parametrize(
    "url", ["", "mysql://u:canary@h/d", "postgresql://u:canary@a,b/d", "postgresql://u:canary@h:port/d"]
)
def test_never_where_it_cannot_be_read_and_it_is_not_quoted(url: str) -> None:
    with pytest.raises(Stop) as stop:
        with_host(url, "db.example")
    assert stop.value.code == Exit.REFUSED
    for shown in (stop.value, stop.value.__context__, stop.value.__cause__):
        assert "canary" not in repr(shown)


def elsewhere(home: StackFolder) -> str:
    """As after a restore: the stored host is still the deleted instance's."""
    right = home.values()[NAME].text
    gone = with_host(right, "gone.example")
    if gone is not None:
        home.client("secretsmanager").put_secret_value(SecretId=NAME, SecretString=gone)
    return right


@pytest.mark.accepts("A33")
def test_to_the_instance_of_the_stack_with_the_same_user(staging: StackFolder) -> None:
    right, before = elsewhere(staging), tasks(staging, "user")
    assert repoint(staging.context(), "database-url", write=False) == Exit.DONE
    assert urlsplit(staging.values()[NAME].text).hostname == "gone.example"
    assert repoint(staging.context(), "database-url", write=True) == Exit.DONE
    assert staging.values()[NAME].text == right
    assert before.keys().isdisjoint(tasks(staging, "user"))


@pytest.mark.parametrize(
    ("variable", "old"),
    [
        ("DATABASE_HOST", "gone.example"),
        ("MASTER_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:333344445555:secret:rds!db-gone-AbCdEf"),
    ],
)
def test_not_while_the_rotation_function_leads_elsewhere(
    staging: StackFolder, variable: str, old: str
) -> None:
    right, functions = elsewhere(staging), staging.client("lambda")
    known = functions.get_function_configuration(FunctionName="aiponge-rotate")["Environment"]["Variables"]
    other = {"Variables": {**known, variable: old}}
    functions.update_function_configuration(FunctionName="aiponge-rotate", Environment=other)
    try:
        with pytest.raises(Stop, match="run `pulumi up` first") as stop:
            repoint(staging.context(), "database-url", write=True)
        assert stop.value.code == Exit.REFUSED
        assert urlsplit(staging.values()[NAME].text).hostname == "gone.example"
    finally:
        functions.update_function_configuration(
            FunctionName="aiponge-rotate", Environment={"Variables": known}
        )
        staging.client("secretsmanager").put_secret_value(SecretId=NAME, SecretString=right)


def test_only_where_it_is_a_database_url(staging: StackFolder) -> None:
    with pytest.raises(Stop, match="only a postgres-url") as stop:
        repoint(staging.context(), "redis-url", write=True)
    assert stop.value.code == Exit.BAD_INPUT
