"""Reads AWS Systems Manager Parameter Store."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from botocore.exceptions import ClientError

from ops.core.answers import listed
from ops.core.aws_state import AwsState, Item, tags
from ops.core.exits import Exit, Stop
from ops.core.secret_stores.store import Value, declared_in
from ops.core.session import error_code


class ParameterStore:
    """AWS Systems Manager Parameter Store."""

    read_calls: ClassVar[tuple[str, ...]] = (
        "GetParameter",
        "GetParameters",
        "GetParametersByPath",
        "GetParameterHistory",
    )

    def __init__(self, aws: AwsState) -> None:
        self._aws = aws
        self.declared = declared_in(aws, "parameter-store")

    def listed(self) -> dict[str, Item]:
        """Every parameter under the stack's path."""
        path = {"Key": "Path", "Option": "Recursive", "Values": [self._aws.names.parameter_path]}
        return {one["Name"]: one for one in self._described(path)}

    def present(self) -> dict[str, Item]:
        """The declared parameters that exist."""
        there = self.listed() if self.declared else {}
        return {name: there[name] for name in self.declared if name in there}

    def read(self, name: str) -> Value | None:
        """The current value of one parameter, never cached; :class:`Stop` where another key encrypts it."""
        try:
            one = self._aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
        except ClientError as error:
            if error_code(error) == "ParameterNotFound":
                return None
            raise
        for described in self._described(_named(name)):
            if described["Type"] != "SecureString" or not self._aws.is_key(described.get("KeyId"), "secrets"):
                # PutParameter with Overwrite and without KeyId changes the key to the account's default key.
                raise Stop(
                    Exit.REFUSED,
                    f"{name} is not a SecureString encrypted with the secrets key: run `pulumi up` first",
                )
        return _parameter(one)

    def read_all(self) -> dict[str, Value]:
        """The current values of all declared parameters."""
        return self._read(decrypted=True)

    def read_encrypted(self) -> dict[str, Value]:
        """The same without decryption: for a SecureString its ciphertext."""
        return self._read(decrypted=False)

    def tags(self, name: str) -> dict[str, str]:
        """The tags of one parameter."""
        which = {"ResourceType": "Parameter", "ResourceId": name}
        return tags({"Tags": listed(self._aws.client("ssm"), "list_tags_for_resource", "TagList", **which)})

    def changed(self, name: str) -> datetime | None:
        """When the parameter was last put."""
        return next((one["LastModifiedDate"] for one in self._described(_named(name))), None)

    def _read(self, *, decrypted: bool) -> dict[str, Value]:
        there = sorted(self.present())
        found = self._aws.items("ssm", "get_parameters", there, WithDecryption=decrypted)
        return {one["Name"]: _parameter(one) for one in found}

    def _described(self, only: Item) -> list[Item]:
        return self._aws.list("ssm", "describe_parameters", "Parameters", ParameterFilters=[only])


def _named(name: str) -> Item:
    return {"Key": "Name", "Option": "Equals", "Values": [name]}


def _parameter(one: Item) -> Value:
    return Value(one["Value"], str(one["Version"]), one["LastModifiedDate"])
