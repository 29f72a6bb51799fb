"""One KMS key per purpose, usable only by the roles and services that the purpose needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pulumi

from components.iam import document
from components.kms.audit_key import audit_use
from components.kms.backup_key import backup_use, restores
from components.kms.customer_key import customer_key
from components.kms.key_policies import (
    alerts_use,
    data_use,
    logs_use,
    secrets_use,
    sessions_use,
)
from components.kms.shared_keys import shared_use
from iam_documents import Statement, key_policy
from settings.grants import Grants
from settings.kms_purposes import Purpose
from settings.names import Names

_DESCRIPTIONS: dict[Purpose, str] = {
    "secrets": "Secret values in Secrets Manager and Parameter Store",
    "data": "Databases, caches, volumes, images and their backups",
    "logs": "Log groups",
    "alerts": "Alarm topics",
    "sessions": "Shell sessions on hosts",
    "audit": "The trail and what AWS Config records",
    "backup": "The backup vault",
    "buckets": "Buckets of the application",
    "queues": "Queues of the application",
}


@dataclass(frozen=True, kw_only=True)
class KeysArgs:
    """Who administers the keys, and who reads and writes what they encrypt."""

    names: Names
    grants: Grants
    """Readers and writers of secrets, buckets and queues; their roles need not exist yet."""
    host_roles: Sequence[str] = ()
    """Names of the host roles, whose shell sessions and volumes are encrypted too."""
    purposes: Collection[Purpose] = ()
    """The purposes that the stack has; ``audit``, ``backup``, ``buckets`` and ``queues`` are optional."""


class Keys(pulumi.ComponentResource):
    """The customer managed keys of one application."""

    arns: dict[Purpose, pulumi.Output[str]]
    """Key ARNs by purpose."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Keys", name, None, opts)
        names, grants = args.names, args.grants
        common = (
            key_policy.administration(names.account_root, grants.administrators),
            key_policy.description(names.account_root, names.describing_roles),
        )
        use: dict[Purpose, Sequence[Statement]] = {
            "secrets": secrets_use(names, grants),
            "data": data_use(names, grants, args.host_roles),
            "logs": logs_use(names),
            "alerts": alerts_use(names),
        }
        if args.host_roles:
            use["sessions"] = sessions_use(names, grants, args.host_roles)
        if "audit" in args.purposes:
            use["audit"] = audit_use(names, grants.administrators)
        if "backup" in args.purposes:
            use["backup"] = backup_use(names, names.region, grants.administrators)
            use["data"] = [*use["data"], *restores(names)]
        if "buckets" in args.purposes:
            use["buckets"] = shared_use(names, "s3", grants.buckets.values(), grants.administrators)
        if "queues" in args.purposes:
            use["queues"] = shared_use(names, "sqs", grants.queues.values(), grants.administrators)
        self.arns = {}
        for purpose, statements in use.items():
            key = customer_key(
                f"{name}-{purpose}",
                description=f"{names.prefix}: {_DESCRIPTIONS[purpose]}",
                policy=document(*common, *statements),
                alias=names.key_alias(purpose),
                owner=self,
            )
            self.arns[purpose] = key.arn
        self.register_outputs({"arns": self.arns})
