"""Every declared secret in its store: under our key, readable by its readers alone, under its exact name."""

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
# What a reader may do at most; everything else is for administrators and the secret's rotation.
_READS = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")


@dataclass(frozen=True, kw_only=True)
class SecretsArgs:
    """What is stored, and who may read it."""

    names: Names
    grants: Grants
    values: Values
    """An entry without a value gets no version from here: something else owns it."""
    key_arn: pulumi.Input[str]
    urls: Mapping[str, pulumi.Output[str]]
    """Connection strings that carry a value, by short name: stored in the bare value's place."""


class Secrets(pulumi.ComponentResource):
    """The application's secrets in Secrets Manager and Parameter Store."""

    arns: dict[str, pulumi.Output[str]]
    """Exact ARNs by store name."""
    ready: Sequence[pulumi.Resource]
    """The resources that hold the values: what a reader waits for."""

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
        # What stands beside a value first: whoever hears of the new value finds the one before it.
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
        # After the first version: a mistake in the policy must not leave a secret that nobody can fill.
        secretsmanager.SecretPolicy(
            label,
            secret_arn=secret.arn,
            block_public_policy=True,
            policy=self._policy(entry),
            opts=unprotected_child(self, first),
        )

    def _parameter(self, label: str, entry: StoreEntry, value: pulumi.Output[str]) -> None:
        if entry.holds == "previous":
            options = unprotected_child(self)  # it goes once nobody may use it any more
        else:
            beside = self._versions.get(entry.secret.previous_name or "")
            options = child_of(self, [beside] if beside else ())
        parameter = ssm.Parameter(
            label,
            name=entry.store_name,
            description=_description(entry),
            type="SecureString",
            # Named at every put: without it the value would move to the account's default key (T21).
            key_id=self._args.key_arn,
            value=value,
            tags=self._tags(entry),
            opts=options,
        )
        self.arns[entry.store_name] = parameter.arn
        self._versions[entry.store_name] = parameter

    def _remember(self, name: str, put: Mapping[str, pulumi.Output[str]]) -> None:
        """Write down what was put: Parameter Store does not say whether a value changed by hand since."""
        marks = {stored: pulumi.Output.unsecret(value.apply(fingerprint)) for stored, value in put.items()}
        ssm.Parameter(
            f"{name}-fingerprints",
            name=self._args.names.fingerprints_parameter,
            description="Fingerprints of the values that Pulumi put, by parameter",
            type="String",
            # Not `value`: that one is always a secret, and these give nothing away.
            insecure_value=pulumi.Output.json_dumps(marks, sort_keys=True),
            opts=unprotected_child(self, self.ready),
        )

    def _tags(self, entry: StoreEntry) -> dict[str, pulumi.Input[str]]:
        secret = entry.secret
        owner = "rotation" if secret.rotated_by_function else "pulumi"
        tags: dict[str, pulumi.Input[str]] = {OWNER_TAG: owner, AGE_TAG: str(secret.rotate_every)}
        if secret.generated and entry.holds != "previous":
            # What the next update compares the stack file with, without reading a value.
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
                "secretsmanager:*",
                "*",  # in a secret's policy: this secret
                {"ArnNotLike": {"aws:PrincipalArn": readers}},
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


def _description(entry: StoreEntry) -> str:
    beside = {"ring": " (all living generations)", "previous": " (the value before)"}
    return f"{entry.secret.description}{beside.get(entry.holds, '')}"
