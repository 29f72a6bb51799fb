"""Reads AWS Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from botocore.exceptions import ClientError

from ops.core.aws_state import AwsState, Item, tags
from ops.core.secret_stores.store import Value, declared_in
from ops.core.session import error_code

CURRENT = "AWSCURRENT"
"""The staging label of the current version."""


class SecretsManager:
    """AWS Secrets Manager."""

    # CloudTrail records a GetSecretValue event for each secret that BatchGetSecretValue returns.
    read_calls: ClassVar[tuple[str, ...]] = ("GetSecretValue",)

    def __init__(self, aws: AwsState) -> None:
        self._aws = aws
        self.declared = declared_in(aws, "secrets-manager")

    def listed(self) -> dict[str, Item]:
        """Every secret under the application's prefixes, including those scheduled for deletion."""
        prefixes = tuple({f"{name.split('/')[0]}/" for name in self.declared})
        found = self._aws.list("secretsmanager", "list_secrets", "SecretList", IncludePlannedDeletion=True)
        return {one["Name"]: one for one in found if one["Name"].startswith(prefixes)}

    def present(self) -> dict[str, Item]:
        """The declared secrets that exist and are not scheduled for deletion."""
        there = self.listed() if self.declared else {}
        return {
            name: there[name]
            for name in self.declared
            if name in there and not there[name].get("DeletedDate")
        }

    def read(self, name: str) -> Value | None:
        """The current value of one declared secret."""
        there = self.present().get(name)
        return self._read([there]).get(name) if there else None

    def read_all(self) -> dict[str, Value]:
        """The current values of all declared secrets."""
        return self._read(list(self.present().values()))

    def _read(self, there: Sequence[Item]) -> dict[str, Value]:
        arns = [one["ARN"] for one in there if staged(one, CURRENT)]
        return {
            one["Name"]: Value(one["SecretString"], one["VersionId"], one["CreatedDate"])
            for one in self._aws.items("secretsmanager", "batch_get_secret_value", arns)
            if "SecretString" in one
        }

    def tags(self, name: str) -> dict[str, str]:
        """The tags of one secret; ListSecrets may be minutes behind."""
        return tags(self._aws.client("secretsmanager").describe_secret(SecretId=name))

    def changed(self, name: str) -> datetime | None:
        """When the current version was created; for a secret that a function rotates, when it last did.

        A version that `ops repoint` puts keeps the password of the previous version.
        """
        known = self.present().get(name, {})
        if known.get("RotationEnabled") and isinstance(known.get("LastRotatedDate"), datetime):
            return known["LastRotatedDate"]
        try:
            versions = self._aws.list("secretsmanager", "list_secret_version_ids", "Versions", SecretId=name)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return None
        return current_since(versions)


def staged(secret: Item, label: str) -> str | None:
    """The ID of the version of a listed secret that has a staging label."""
    stages = secret.get("SecretVersionsToStages") or {}
    return next((version for version, labels in stages.items() if label in labels), None)


def current_since(versions: Iterable[Item]) -> datetime | None:
    """When the current version was created, out of the versions that Secrets Manager lists."""
    return next((one["CreatedDate"] for one in versions if CURRENT in one.get("VersionStages", [])), None)
