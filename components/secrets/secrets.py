"""Stores every declared secret under its exact name, encrypted with the secrets key, for its readers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import secretsmanager, ssm

from components.iam import document
from components.options import child_of, unprotected_child
from components.secrets.values import Values
from encryption_keys import fingerprint
from iam_documents import deny
from settings.grants import Grants, StoreEntry
from settings.names import Names
from settings.store_state import KIDS_TAG, state_tags

OWNER_TAG = "strongroom:owner"
AGE_TAG = "strongroom:rotate-every-days"
# Previews, AWS Config and Access Analyzer read these of every secret; none of them contains a value.
_DESCRIPTIONS = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:ListSecretVersionIds",
)
# What a reader may do at most; the rest is for administrators and the secret's rotation.
_READS = ("secretsmanager:GetSecretValue", *_DESCRIPTIONS)


@dataclass(frozen=True, kw_only=True)
class SecretsArgs:
    """What is stored, and who may read it."""

    names: Names
    grants: Grants
    values: Values
    """Values by short name; a secret without one here gets no version, because something else owns it."""
    key_arn: pulumi.Input[str]
    urls: Mapping[str, pulumi.Output[str]]
    """Connection strings that contain a value, by short name: stored instead of the bare value."""


class Secrets(pulumi.ComponentResource):
    """The application's secrets in Secrets Manager and Parameter Store."""

    arns: dict[str, pulumi.Output[str]]
    """Exact ARNs by store name."""
    ready: Sequence[pulumi.Resource]
    """The resources that hold the values: what a reader depends on."""

    def __init__(self, name: str, args: SecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Secrets", name, None, opts)
        self._args = args
        self.arns = {}
        self._versions: dict[str, pulumi.Resource] = {}  # by store name
        held = {
            "current": {**args.values.current, **args.urls},
            "ring": args.values.rings,
            "previous": args.values.previous,
        }
        put: dict[str, pulumi.Output[str]] = {}
        # Keyrings and previous values first: a reader of the new value must also find the previous one.
        for entry in reversed(args.grants.entries):
            value = held[entry.holds].get(entry.key)
            label = f"{name}-{entry.key}{'' if entry.holds == 'current' else f'-{entry.holds}'}"
            if not entry.secret.in_parameter_store:
                self._secret(label, entry, value)
            elif value is not None:
                self._parameter(label, entry, value)
                put[entry.store_name] = value
        self.ready = list(self._versions.values())
        if put:
            self._remember(name, put)
        self.register_outputs({"arns": self.arns})

    def _secret(self, label: str, entry: StoreEntry, value: pulumi.Output[str] | None) -> None:
        secret = secretsmanager.Secret(
            label,
            name=entry.store_name,
            description=_description(entry),
            kms_key_id=self._args.key_arn,
            recovery_window_in_days=entry.secret.recovery_days,
            force_overwrite_replica_secret=False,
            tags=self._tags(entry),
            opts=child_of(self),
        )
        self.arns[entry.store_name] = secret.arn
        first: list[pulumi.Resource] = []
        if value is not None:
            version = secretsmanager.SecretVersion(
                label, secret_id=secret.id, secret_string=value, opts=unprotected_child(self)
            )
            self._versions[entry.store_name] = version
            first.append(version)
        # After the first version: a faulty policy must not prevent a secret from getting its value.
        secretsmanager.SecretPolicy(
            label,
            secret_arn=secret.arn,
            block_public_policy=True,
            policy=self._policy(entry),
            opts=unprotected_child(self, first),
        )

    def _parameter(self, label: str, entry: StoreEntry, value: pulumi.Output[str]) -> None:
        if entry.holds == "previous":
            options = unprotected_child(self)  # deleted once the previous value is no longer accepted
        else:
            beside = self._versions.get(entry.secret.previous_name or "")
            options = child_of(self, [beside] if beside else ())
        parameter = ssm.Parameter(
            label,
            name=entry.store_name,
            description=_description(entry),
            type="SecureString",
            key_id=_spelled(self._args.key_arn, entry.secret.generation),
            value=value,
            tags=self._tags(entry),
            opts=options,
        )
        self.arns[entry.store_name] = parameter.arn
        self._versions[entry.store_name] = parameter

    def _remember(self, name: str, put: Mapping[str, pulumi.Output[str]]) -> None:
        """Store fingerprints of the values, by which a change by hand in Parameter Store is noticed."""
        marks = {stored: pulumi.Output.unsecret(value.apply(fingerprint)) for stored, value in put.items()}
        ssm.Parameter(
            f"{name}-fingerprints",
            name=self._args.names.fingerprints_parameter,
            description="Fingerprints of the values that Pulumi put, by parameter",
            type="String",
            # Not `value`: Pulumi always treats that one as secret, and a fingerprint reveals no value.
            insecure_value=pulumi.Output.json_dumps(marks, sort_keys=True),
            opts=unprotected_child(self, self.ready),
        )

    def _tags(self, entry: StoreEntry) -> dict[str, pulumi.Input[str]]:
        secret = entry.secret
        owner = "rotation" if secret.rotated_by_function else "pulumi"
        tags: dict[str, pulumi.Input[str]] = {OWNER_TAG: owner, AGE_TAG: str(secret.rotate_every)}
        if secret.generated and entry.holds != "previous":
            # The next update compares the stack file with these tags, without reading a value.
            tags |= state_tags(secret)
            if kids := self._args.values.kids.get(entry.key):
                tags[KIDS_TAG] = kids
        return tags

    def _policy(self, entry: StoreEntry) -> pulumi.Output[str]:
        names, grants = self._args.names, self._args.grants
        writers = [*grants.administrators, *map(names.role_arn, grants.writers.get(entry.key, ()))]
        readers = [*writers, *map(names.role_arn, grants.readers.get(entry.store_name, ()))]
        return document(
            deny(
                not_actions=_DESCRIPTIONS,
                resources="*",  # in a resource policy: this secret
                condition={"ArnNotLike": {"aws:PrincipalArn": readers}},
                sid="OnlyReadersAndOwners",
                principal="*",
            ),
            deny(
                not_actions=_READS,
                resources="*",
                condition={"ArnNotLike": {"aws:PrincipalArn": writers}},
                sid="ReadersOnlyRead",
                principal="*",
            ),
        )


def _spelled(key_arn: pulumi.Input[str], generation: int) -> pulumi.Output[str]:
    """The key's ARN in odd generations, its ID in even ones.

    The provider sends KeyId with a new value only where it changed too, and Parameter Store encrypts a value
    that comes without KeyId with the account's default key.
    """
    return pulumi.Output.from_input(key_arn).apply(
        lambda arn: arn if generation % 2 else arn.rpartition("/")[2]
    )


def _description(entry: StoreEntry) -> str:
    beside = {"ring": " (all live generations)", "previous": " (previous value)"}
    return f"{entry.secret.description}{beside.get(entry.holds, '')}"
