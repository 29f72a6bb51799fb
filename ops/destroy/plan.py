"""Plans a deletion: why it is refused, what is emptied, what stays and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.session import error_code
from ops.core.updater import Deployed
from ops.destroy.contents import Content, contents
from ops.destroy.deletion import BACKUP_VAULT, DATABASE, LOAD_BALANCER, REPLICATION_GROUP
from ops.operations import other_open


@dataclass(frozen=True)
class Kept:
    """What stays in the account after the deletion."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True)
class Plan:
    """A deletion before it begins."""

    resources: tuple[Deployed, ...]
    refused: tuple[str, ...]
    contents: tuple[Content, ...]
    kept: tuple[Kept, ...]

    @property
    def emptied(self) -> list[Content]:
        """The buckets and repositories whose content is deleted."""
        return [one for one in self.contents if one.deletable]

    @property
    def excluded(self) -> list[str]:
        """URNs of the buckets that cannot be emptied; the engine keeps what they depend on too."""
        return [one.of.urn for one in self.contents if not one.deletable]

    def to_dict(self) -> dict[str, Any]:
        """The plan as a JSON object."""
        return {
            "resources": len(self.resources),
            "refused": list(self.refused),
            "emptied": [{"kind": one.kind, "name": one.name} for one in self.emptied],
            "kept": [{"what": one.what, "why": one.why} for one in self.kept],
        }


def plan(context: StackContext, resources: Sequence[Deployed]) -> Plan:
    """Look at the stack file, the state and AWS; nothing is changed."""
    found = tuple(contents(context, resources))
    return Plan(
        tuple(resources), tuple(_refused(context, resources)), found, tuple(_kept(context, resources, found))
    )


def _refused(context: StackContext, resources: Sequence[Deployed]) -> Iterator[str]:
    """Everything that would stop the deletion half-way, or that must not be deleted at all."""
    file = context.path.name
    if context.settings.environment.production:
        yield (
            f"{file}: strongroom:environment.production is true: a production stack is not destroyed; set it "
            "to false and turn protection off in a reviewed commit, run `pulumi up`, then run this again"
        )
    if busy := other_open(context):
        yield busy
    for one in resources:
        if one.type == DATABASE and _protected_database(context, one.id):
            yield (
                f"database {one.inputs.get('identifier', one.id)}: deletion protection is on in AWS; set "
                f"strongroom:database.deletionProtection to false in {file} and run `pulumi up`"
            )
        elif one.type == LOAD_BALANCER and _protected_load_balancer(context, one.id):
            yield (
                f"load balancer {one.inputs.get('name', one.id)}: deletion protection is on in AWS; set "
                f"strongroom:edge.deletionProtection to false in {file} and run `pulumi up`"
            )
        elif one.type == BACKUP_VAULT and (held := _recovery_points(context, one)):
            yield (
                f"backup vault {one.id} in {one.inputs.get('region') or context.settings.region} has {held} "
                "recovery points, and AWS deletes no vault with recovery points: wait until they expire, or "
                "delete them where its lock is in GOVERNANCE mode"
            )
        if (snapshot := final_snapshot(one)) and _exists(context, one.type, snapshot):
            yield (
                f"final snapshot {snapshot} exists: AWS would not delete {one.name}; copy it to another name "
                "if you need it, and delete it"
            )


def final_snapshot(one: Deployed) -> str | None:
    """The name of the final snapshot that AWS makes when the resource is deleted."""
    if one.type not in (DATABASE, REPLICATION_GROUP) or one.inputs.get("skipFinalSnapshot"):
        return None
    return one.inputs.get("finalSnapshotIdentifier")


def _protected_database(context: StackContext, ident: str) -> bool:
    """By its resource ID or its identifier: the provider's ID of an instance is the former."""
    found = context.aws.list("rds", "describe_db_instances", "DBInstances")
    return any(
        one.get("DeletionProtection") and ident in (one["DBInstanceIdentifier"], one.get("DbiResourceId"))
        for one in found
    )


def _protected_load_balancer(context: StackContext, arn: str) -> bool:
    try:
        found = context.aws.ask("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=arn)
    except ClientError as error:
        if error_code(error) != "LoadBalancerNotFound":
            raise
        return False
    wanted = {"Key": "deletion_protection.enabled", "Value": "true"}
    return wanted in found["Attributes"]


def _recovery_points(context: StackContext, vault: Deployed) -> int:
    place = context.aws.in_region(vault.inputs.get("region") or context.settings.region)
    found = place.list("backup", "list_backup_vaults", "BackupVaultList")
    return sum(one["NumberOfRecoveryPoints"] for one in found if one["BackupVaultName"] == vault.id)


def _exists(context: StackContext, of: str, snapshot: str) -> bool:
    if of == DATABASE:
        listed = context.aws.list("rds", "describe_db_snapshots", "DBSnapshots")
        return snapshot in [one["DBSnapshotIdentifier"] for one in listed]
    listed = context.aws.list("elasticache", "describe_snapshots", "Snapshots")
    return snapshot in [one["SnapshotName"] for one in listed]


def _kept(context: StackContext, resources: Sequence[Deployed], found: Sequence[Content]) -> Iterator[Kept]:
    settings = context.settings
    for one in found:
        if not one.deletable:
            yield Kept(
                f"bucket {one.name}, and the key that encrypts it",
                "its objects are locked in COMPLIANCE mode: nobody can delete them before their time",
            )
    for one in resources:
        if snapshot := final_snapshot(one):
            yield Kept(f"snapshot {snapshot}", "the final snapshot, until you delete it")
        if one.type == DATABASE and settings.database is not None:
            days = settings.database.backup_retention_days
            yield Kept(f"automated backups of {one.inputs.get('identifier')}", f"for {days} days")
    stores = {secret.store for secret in settings.secrets.values()}
    if "secrets-manager" in stores:
        days = sorted({secret.recovery_days for secret in settings.secrets.values()})
        yield Kept("secrets", f"in recovery for {_joined(days)} days; their names are taken until then")
    yield Kept("KMS keys", "pending deletion for 30 days")
    yield Kept(settings.names.state_bucket, "what `ops bootstrap` created stays: other stacks may use it")


def _joined(numbers: Sequence[int]) -> str:
    return f"{numbers[0]}" if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"
