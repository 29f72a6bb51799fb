"""Parameter Store holds exactly what is declared: secrets under our key, each for its readers alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from encryption_keys import fingerprint
from iam_documents import Request, may, may_use_key
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.secrets.grants import Role, administers, roles
from ops.checks.verify.secrets.keys import key_policy
from ops.core.aws_state import Estate
from ops.core.secret_stores import ParameterStore
from settings.grants import Entry, entry_roles

_READS = tuple(f"ssm:{call}" for call in ParameterStore.read_calls)


@check("parameters-secret", "B9", "B11", "B29", "B34")
def secrets(estate: Estate) -> Iterator[Problem]:
    """Every declared secret is there, as a SecureString under the secrets key."""
    store = ParameterStore(estate)
    there = store.present()
    for name, entry in store.declared.items():
        one = there.get(name)
        if one is None:
            if entry.expected:
                yield Problem(name, "is not in Parameter Store", BY_PROGRAM)
        elif one["Type"] != "SecureString":
            yield Problem(name, f"is a {one['Type']}, in clear", "delete it, run `pulumi up`, then rotate it")
        elif not estate.is_key(one.get("KeyId"), "secrets"):
            alias = estate.names.key_alias("secrets")
            yield Problem(name, f"is not encrypted with {alias}", "put it again: `pulumi up` names the key")


@check("parameters-inventory", "B29")
def inventory(estate: Estate) -> Iterator[Problem]:
    """Nothing undeclared lies under the stack's path."""
    names, host, store = estate.names, estate.settings.host, ParameterStore(estate)
    kept = (name for name, entry in store.declared.items() if entry.expected or entry.holds == "current")
    known = {*kept, names.image_digest_parameter, names.fingerprints_parameter}
    if host:
        known |= {names.parameter(key) for key in host.parameters}
    for name in sorted(store.listed().keys() - known):
        if not name.startswith(names.parameter("deploy/")):
            yield Problem(name, "is in Parameter Store and undeclared", "declare it, or delete it")


@check("parameters-encrypted", "B9", "B29")
def encrypted(estate: Estate) -> Iterator[Problem]:
    """What the store hands out without decryption is not the value."""
    store = ParameterStore(estate)
    shown = {name: one.text for name, one in store.read_encrypted().items()}
    for name, value in store.read_all().items():
        if shown.get(name) == value.text:
            yield Problem(name, "is handed out in clear without decryption", "rotate it, as a SecureString")


@check("parameters-unchanged", "B46")
def unchanged(estate: Estate) -> Iterator[Problem]:
    """Every value is the one that Pulumi put; another one is told of, and never taken back on its own."""
    store = ParameterStore(estate)
    there = store.read_all()
    if not there:
        return
    put = _put(estate)
    if put is None:
        yield Problem(estate.names.fingerprints_parameter, "is no list of fingerprints", BY_PROGRAM)
        return
    for name, value in there.items():
        if put.get(name) != fingerprint(value.text):
            entry = store.declared[name]
            yield Problem(name, "was changed by hand: its value is not the one that Pulumi put", _keep(entry))


@check("parameters-readers", "B30", "B49", "B50", "B51", "B52", "B53")
def readers(estate: Estate) -> Iterator[Problem]:
    """The roles that can read a secret parameter are its declared readers, and administrators."""
    store = ParameterStore(estate)
    there = store.present()
    everyone = [role for role in roles(estate) if not administers(estate, role)] if there else []
    for name in sorted(there):
        declared = set(entry_roles(estate.settings, store.declared[name]))
        can = {role.name for role in everyone if _reads(estate, role, name)}
        for role in sorted(can - declared):
            yield Problem(name, f"role {role} can read it and is no declared reader", "take the right away")
        for role in sorted(declared - can):
            yield Problem(name, f"its reader {role} cannot read it", BY_PROGRAM)


def _put(estate: Estate) -> dict[str, str] | None:
    """Fingerprints of what Pulumi put, by name; None where that cannot be read."""
    names = [estate.names.fingerprints_parameter]
    found = estate.ask("ssm", "get_parameters", Names=names)["Parameters"]
    try:
        put = json.loads(found[0]["Value"]) if found else None
    except ValueError:
        return None
    return put if isinstance(put, dict) else None


def _keep(entry: Entry) -> str:
    if entry.secret.generated:
        return f"`ops rotate {entry.key}` makes a new one; `pulumi up --refresh` puts the declared one back"
    return f"to keep it `ops import-env --secret {entry.key} -`, then `pulumi up`"


def _reads(estate: Estate, role: Role, name: str) -> bool:
    arn, key = estate.names.parameter_arn(name), estate.key_arns.get("secrets")
    if not any(
        may(Request(action, arn, role.arn), role.policies, boundary=role.boundary) for action in _READS
    ):
        return False
    context = {
        "kms:ViaService": f"ssm.{estate.settings.region}.amazonaws.com",
        "kms:CallerAccount": estate.settings.account_id,
        "kms:EncryptionContext:PARAMETER_ARN": arn,
    }
    return key is None or may_use_key(
        Request("kms:Decrypt", key, role.arn, context),
        role.policies,
        key_policy(estate, key),
        boundary=role.boundary,
    )
