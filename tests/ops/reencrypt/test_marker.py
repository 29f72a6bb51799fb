"""Tests of the marker: a database is accepted only with the stack's host name and marker."""

from __future__ import annotations

from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from ops.core.exits import Exit, Stop
from ops.reencrypt.records.marker import check_host
from ops.reencrypt.retire import objections
from ops.reencrypt.run import Run
from ops.reencrypt.target import Identity
from ops.reencrypt.verification import Scan
from settings import Settings, read_stack_file
from tests.ops.reencrypt.rows import NEW, RDS_HOST, RING, STACK, TARGET, Diary, inventory, plan, run
from tests.ops.reencrypt.test_verify import verify

MARKER = "SELECT application, stack, environment, account FROM strongroom.database_marker"


def belongs_to(diary: Diary, stack: Identity) -> None:
    """The marker that another stack's first run wrote."""
    run(diary)
    with diary.connect() as connection:
        connection.execute(
            "UPDATE strongroom.database_marker "
            "SET (application, stack, environment, account) = (%s, %s, %s, %s)",
            [stack.application, stack.stack, stack.environment, stack.account],
        )


def marker(diary: Diary) -> Identity:
    with diary.connect() as connection:
        (row,) = connection.execute(MARKER).fetchall()
    return Identity(*row)


def test_marks_the_database_with_the_first_run(diary: Diary) -> None:
    diary.fill_legacy(3)
    run(diary)
    assert marker(diary) == STACK
    run(diary)
    assert marker(diary) == STACK


def test_marks_the_database_with_the_first_recorded_verification(diary: Diary) -> None:
    verify(diary)
    assert marker(diary) == STACK


OTHERS = [
    replace(STACK, stack="prod", environment="prod"),
    replace(STACK, account="444455556666"),
    replace(STACK, application="cinematch"),
]


@pytest.mark.finding(5)
@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_refuses_a_database_of_another_stack(diary: Diary, other: Identity) -> None:
    diary.fill_legacy(3)
    belongs_to(diary, other)
    diary.fill_legacy(3)
    before = diary.stored()
    commands = [
        Run(diary.database, RING, plan()),
        Scan(diary.database, RING, plan()),
        Scan(diary.database, RING, plan(), record=False),
    ]
    for command in commands:
        with pytest.raises(Stop, match="this database belongs to ") as caught:
            command()
        assert caught.value.code == Exit.REFUSED
        assert str(other) in str(caught.value)
    with diary.connect() as connection, pytest.raises(Stop, match="this database belongs to "):
        objections(connection, inventory(TARGET), NEW, stale_readers=(), oldest_backup=None)
    assert diary.stored() == before
    assert marker(diary) == other


@pytest.fixture(scope="module")
def staging() -> Settings:
    return read_stack_file("staging")


def test_accepts_the_name_that_rds_gives_to_the_instance(staging: Settings) -> None:
    check_host(RDS_HOST, staging)


@pytest.mark.finding(5)
@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "localhost",
        "127.0.0.1",
        "aiponge-rds",
        RDS_HOST.replace("aiponge", "cinematch"),
        RDS_HOST.replace("eu-west-1", "eu-west-2"),
        f"{RDS_HOST}.example.com",
        f"example.com,{RDS_HOST}",
        RDS_HOST.replace(".abc", ".example.com.abc"),
        f"p4ssw0rd@{RDS_HOST}",
    ],
)
def test_refuses_a_host_that_is_not_the_stacks(staging: Settings, host: str | None) -> None:
    with pytest.raises(Stop, match="the database's host is not the stack's instance") as caught:
        check_host(host, staging)
    assert caught.value.code == Exit.REFUSED
    assert "p4ssw0rd" not in str(caught.value)


def test_compares_with_the_endpoint_itself_where_rds_can_be_asked(staging: Settings) -> None:
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name=staging.region)
        with pytest.raises(Stop, match="RDS has no instance aiponge-rds: bring the stack up first"):
            check_host(RDS_HOST, staging, session)
        made = session.client("rds").create_db_instance(
            DBInstanceIdentifier="aiponge-rds", DBInstanceClass="db.t4g.medium", Engine="postgres"
        )
        endpoint = made["DBInstance"].get("Endpoint", {}).get("Address")
        check_host(endpoint, staging, session)
        with pytest.raises(Stop, match="is not the stack's instance"):
            check_host(RDS_HOST, staging, session)
