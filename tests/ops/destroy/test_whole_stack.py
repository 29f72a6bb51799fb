"""A whole stack is deleted: all of it, or nothing where it is a production stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cli.kept_sandbox import deployed
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.core.updater import Deployed
from ops.destroy.destroy import How, destroy
from sandbox import Sandbox
from settings import read_stack_file
from tests.accounts import own_account


class Here:
    """Deletes what is in the sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self) -> None:
        raise AssertionError("a deletion updates nothing")

    def resources(self) -> list[Deployed]:
        return deployed(self._sandbox)

    def unprotect(self, urns: Any) -> None:
        self._sandbox.unprotect(urns)

    def destroy(self, keep: Any) -> None:
        done = self._sandbox.destroy(keep=keep)
        if done.exit_code:
            raise Stop(Exit.PARTLY, done.error)


@contextmanager
def up(stack: str) -> Iterator[tuple[Sandbox, StackContext]]:
    with Sandbox(stack, config=own_account(stack)) as sandbox:
        made = sandbox.up(policies=False)
        assert made.exit_code == 0, made.error
        settings = read_stack_file(stack).model_copy(update={"account_id": sandbox.account})
        here, clock, screen = Here(sandbox), Clock(poll_s=0.01), Screen(as_json=False)
        yield sandbox, StackContext(stack, settings, sandbox.session, lambda: here, screen, clock)


def test_a_staging_stack_leaves_nothing_that_costs_anything() -> None:
    with up("cinematch-staging") as (sandbox, context):
        assert destroy(context, How(write=True)) == Exit.DONE
        assert sandbox.deployed() == {}
        ec2 = sandbox.client("ec2")
        assert [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"]] == []
        assert ec2.describe_addresses()["Addresses"] == []
        running = [
            one["State"]["Name"] for r in ec2.describe_instances()["Reservations"] for one in r["Instances"]
        ]
        assert set(running) <= {"terminated"}
        assert sandbox.client("rds").describe_db_instances()["DBInstances"] == []
        assert sandbox.client("ssm").describe_parameters()["Parameters"] == []
        assert sandbox.client("logs").describe_log_groups()["logGroups"] == []
        (bucket,) = sandbox.client("s3").list_buckets()["Buckets"]
        assert bucket["Name"] == context.settings.names.state_bucket


def test_a_production_stack_is_refused_before_anything_is_deleted() -> None:
    with up("cinematch-production") as (sandbox, context):
        before = dict(sandbox.deployed())
        with pytest.raises(Stop) as stop:
            destroy(context, How(write=True))
        assert stop.value.code == Exit.REFUSED
        for reason in ("production stack is not destroyed", "database cinematch-rds", "load balancer"):
            assert reason in str(stop.value)
        assert sandbox.deployed() == before
        assert sandbox.refresh().counts.keys() == {"same"}
