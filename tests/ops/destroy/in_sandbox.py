"""``ops destroy`` of the stack in a sandbox, of either engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cli.kept_sandbox import deployed
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.core.updater import Deployed
from sandbox import Sandbox
from settings import read_stack_file


@dataclass
class InSandbox:
    """Deletes what is in the sandbox."""

    sandbox: Sandbox
    deletions: int = 0

    def __call__(self) -> None:
        raise AssertionError("a deletion updates nothing")

    def resources(self) -> list[Deployed]:
        return deployed(self.sandbox)

    def unprotect(self, urns: Sequence[str]) -> None:
        self.sandbox.unprotect(urns)

    def destroy(self, keep: Sequence[str]) -> None:
        self.deletions += 1
        done = self.sandbox.destroy(keep=keep)
        if done.exit_code:
            raise Stop(Exit.PARTLY, done.error)


def context_of(sandbox: Sandbox) -> StackContext:
    """What the command runs with."""
    settings = read_stack_file(sandbox.stack).model_copy(update={"account_id": sandbox.account})
    here, clock, screen = InSandbox(sandbox), Clock(poll_s=0.01), Screen(as_json=False)
    return StackContext(sandbox.stack, settings, sandbox.session, lambda: here, screen, clock)


def left_in(sandbox: Sandbox) -> dict[str, list[str]]:
    """What costs something and still exists in the account, by kind."""
    ec2, rds, ecs = (sandbox.client(service) for service in ("ec2", "rds", "ecs"))
    state_bucket = context_of(sandbox).settings.names.state_bucket
    instances = [one for r in ec2.describe_instances()["Reservations"] for one in r["Instances"]]
    found = {
        "vpcs": [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"] if not one["IsDefault"]],
        "addresses": [one["PublicIp"] for one in ec2.describe_addresses()["Addresses"]],
        "instances": [one["InstanceId"] for one in instances if one["State"]["Name"] != "terminated"],
        "databases": [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]],
        "tasks": ecs.list_tasks(cluster=cluster)["taskArns"] if (cluster := _cluster(sandbox)) else [],
        "parameters": [one["Name"] for one in sandbox.client("ssm").describe_parameters()["Parameters"]],
        "log groups": [
            one["logGroupName"] for one in sandbox.client("logs").describe_log_groups()["logGroups"]
        ],
        "buckets": [
            one["Name"]
            for one in sandbox.client("s3").list_buckets()["Buckets"]
            if one["Name"] != state_bucket
        ],
    }
    return {kind: names for kind, names in found.items() if names}


def _cluster(sandbox: Sandbox) -> str | None:
    listed = sandbox.client("ecs").describe_clusters()["clusters"]
    return next((one["clusterName"] for one in listed if one["status"] == "ACTIVE"), None)
