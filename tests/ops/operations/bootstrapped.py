"""``ops bootstrap --apply``, ended after each of its writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.bootstrap import Plan, plan
from ops.bootstrap.steps import Repository
from ops.core.aws_state import AwsState
from sandbox import Sandbox
from tests.ops.live import declared
from tests.ops.operations.command import Command
from tests.ops.operations.killed import Boundary

ACCOUNT = "444455556677"
READS = ("Get", "List", "Describe", "Head")


@contextmanager
def bootstrapping(folder: Path) -> Iterator[Command]:
    """The state bucket, its key and the roles, in an empty account."""
    with Sandbox("staging", config={"strongroom:accountId": ACCOUNT}) as sandbox:

        def run(boundary: Boundary) -> None:
            _plan(sandbox, boundary).apply(lambda line: None)

        def again() -> None:
            _plan(sandbox).apply(lambda line: None)
            assert _plan(sandbox).open == []
            aliases = [one["AliasName"] for one in sandbox.client("kms").list_aliases()["Aliases"]]
            assert aliases.count("alias/aiponge-pulumi") == 1
            assert len(sandbox.client("s3").list_buckets()["Buckets"]) == 1

        yield Command(run, again)


def _plan(sandbox: Sandbox, boundary: Boundary | None = None) -> Plan:
    aws = AwsState(declared(account=sandbox.account), sandbox.session)
    for service in ("iam", "kms", "s3") if boundary else ():
        _call_after_writes(aws.client(service), boundary)
    return plan(aws, Repository("acme", "infra", 11, 22))


def _call_after_writes(client: Any, boundary: Boundary | None) -> None:
    def after_call(model: Any, **_: Any) -> None:
        if boundary and not model.name.startswith(READS):
            boundary(model.name)

    client.meta.events.register("after-call", after_call)
