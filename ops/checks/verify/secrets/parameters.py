"""Checks SSM Parameter Store: names, encryption, values and readers of the declared parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator

from encryption_keys import fingerprint
from iam_documents import Request, may, may_use_key
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.secrets.grants import Role, administers, roles
from ops.checks.verify.secrets.keys import key_policy
from ops.core.aws_state import AwsState
from ops.core.secret_stores import ParameterStore
from settings.grants import StoreEntry, entry_roles

_READS = tuple(f"ssm:{call}" for call in ParameterStore.read_calls)


@check("parameters-secret", "B9", "B11", "B29", "B34")
def secrets(aws: AwsState) -> Iterator[Problem]:
    """Every declared secret exists as a SecureString that the secrets key encrypts."""
    store = ParameterStore(aws)
    there = store.present()
    for name, entry in store.declared.items():
        one = there.get(name)
        if one is None:
            if entry.expected:
                yield Problem(name, "is not in Parameter Store", BY_PROGRAM)
        elif one["Type"] != "SecureString":
            yield Problem(
                name, f"is a {one['Type']}, not encrypted", "delete it, run `pulumi up`, then rotate it"
            )
        elif not aws.is_key(one.get("KeyId"), "secrets"):
            alias = aws.names.key_alias("secrets")
            yield Problem(
                name,
                f"is not encrypted with {alias}",
                "run `pulumi up --refresh`, which puts it with the key",
            )


@check("parameters-inventory", "B29")
def inventory(aws: AwsState) -> Iterator[Problem]:
    """No undeclared parameter exists under the stack's path."""
    names, host, store = aws.names, aws.settings.host, ParameterStore(aws)
    kept = (name for name, entry in store.declared.items() if entry.expected or entry.holds == "current")
    known = {*kept, names.image_digest_parameter, names.fingerprints_parameter}
    if host:
        known |= {names.parameter(key) for key in host.parameters}
    for name in sorted(store.listed().keys() - known):
        if not name.startswith(names.parameter("deploy/")):
            yield Problem(name, "is in Parameter Store and undeclared", "declare it, or delete it")


@check("parameters-encrypted", "B9", "B29")
def encrypted(aws: AwsState) -> Iterator[Problem]:
    """GetParameters without decryption does not return the value."""
    store = ParameterStore(aws)
    shown = {name: one.text for name, one in store.read_encrypted().items()}
    for name, value in store.read_all().items():
        if shown.get(name) == value.text:
            yield Problem(
                name, "is returned in plain text without decryption", "rotate it, as a SecureString"
            )


@check("parameters-unchanged", "B46")
def unchanged(aws: AwsState) -> Iterator[Problem]:
    """Every value is the one that Pulumi put; a different value is reported, not reverted."""
    store = ParameterStore(aws)
    there = store.read_all()
    if not there:
        return
    put = _put(aws)
    if put is None:
        yield Problem(
            aws.names.fingerprints_parameter, "does not contain a JSON object of fingerprints", BY_PROGRAM
        )
        return
    for name, value in there.items():
        if put.get(name) != fingerprint(value.text):
            entry = store.declared[name]
            yield Problem(name, "was changed by hand: its value is not the one that Pulumi put", _keep(entry))


@check("parameters-readers", "B30", "B49", "B50", "B51", "B52", "B53")
def readers(aws: AwsState) -> Iterator[Problem]:
    """The roles that can read a secret parameter are its declared readers, and administrators."""
    store = ParameterStore(aws)
    there = store.present()
    everyone = [role for role in roles(aws) if not administers(aws, role)] if there else []
    for name in sorted(there):
        declared = set(entry_roles(aws.settings, store.declared[name]))
        can = {role.name for role in everyone if _reads(aws, role, name)}
        for role in sorted(can - declared):
            problem = f"role {role} can read it and is not a declared reader"
            yield Problem(name, problem, "remove this permission, or declare the reader")
        for role in sorted(declared - can):
            yield Problem(name, f"its declared reader {role} cannot read it", BY_PROGRAM)


def _put(aws: AwsState) -> dict[str, str] | None:
    """Fingerprints of the values that Pulumi put, by name; None where the parameter cannot be parsed."""
    names = [aws.names.fingerprints_parameter]
    found = aws.items("ssm", "get_parameters", names, may_be_absent=True)
    try:
        put = json.loads(found[0]["Value"]) if found else None
    except ValueError:
        return None
    return put if isinstance(put, dict) else None


def _keep(entry: StoreEntry) -> str:
    if entry.secret.generated:
        return f"`ops rotate {entry.key}` creates a new one; `pulumi up --refresh` restores the declared one"
    return f"to keep it, run `ops import-env --secret {entry.key} -`, then `pulumi up`"


def _reads(aws: AwsState, role: Role, name: str) -> bool:
    arn, key = aws.names.parameter_arn(name), aws.key_arns.get("secrets")
    if not any(
        may(Request(action, arn, role.arn), role.policies, boundary=role.boundary) for action in _READS
    ):
        return False
    context = {
        "kms:ViaService": f"ssm.{aws.settings.region}.amazonaws.com",
        "kms:CallerAccount": aws.settings.account_id,
        "kms:EncryptionContext:PARAMETER_ARN": arn,
    }
    return key is None or may_use_key(
        Request("kms:Decrypt", key, role.arn, context),
        role.policies,
        key_policy(aws, key),
        boundary=role.boundary,
    )
