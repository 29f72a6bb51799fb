"""What a deletion needs of the engine: the resources in the state, and deleting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.updater import Deployed

BACKUP_VAULT = "aws:backup/vault:Vault"
BUCKET = "aws:s3/bucket:Bucket"
DATABASE = "aws:rds/instance:Instance"
FUNCTION = "aws:lambda/function:Function"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
REPOSITORY = "aws:ecr/repository:Repository"


@runtime_checkable
class Deletion(Protocol):
    """Deletes the resources of a stack."""

    def resources(self) -> list[Deployed]:
        """Every resource in the state but components and providers."""
        ...

    def unprotect(self, urns: Sequence[str]) -> None:
        """Remove the protection of these resources."""
        ...

    def destroy(self, keep: Sequence[str]) -> None:
        """Delete everything but the resources with these URNs and what they depend on; may stop half-way."""
        ...


def find_deletion(context: StackContext) -> Deletion:
    """How to delete the stack; :class:`Stop` where there is no way, before anything is changed."""
    found = context.find_update()
    if not isinstance(found, Deletion):
        raise Stop(Exit.BAD_INPUT, f"nothing here can delete {context.stack}: install the Pulumi CLI")
    return found
