"""Sets the host of the stored database URL to the stack's instance after a restore; restarts the readers."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit, urlunsplit

from ops.checks.verify.data.database import instance
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import CURRENT
from ops.core.stored_secret import held
from ops.operations import Operation, Record, as_dict, other_open, resumable, to_resume
from ops.rotation import readers
from ops.rotation.function import PENDING, created, staged
from settings.schema.secrets import SecretSettings

HOST_VARIABLE, MASTER_VARIABLE = "DATABASE_HOST", "MASTER_SECRET_ARN"
"""Variables of the rotation function."""


def repoint(context: StackContext, name: str, *, write: bool, resume: bool = False) -> Exit:
    """Set the host of a stored URL to the address of the stack's database, and restart its readers."""
    key, secret = context.secret(name)
    if not secret.rotated_by_function:
        raise Stop(Exit.BAD_INPUT, f"{name} is of kind {secret.kind}: only a postgres-url can be repointed")
    if resume:
        record = to_resume(context, "repoint", key)
        if not write:
            context.say(f"would continue {record.title}; add --apply", "yellow")
            return _done(context, secret, str(record.intent.get("host")), None, done=False)
        with resumable():
            return _carry_through(Operation.resume(context, "repoint", key), secret)
    if busy := other_open(context):
        raise Stop(Exit.REFUSED, busy)
    stages = staged(context, secret.name)
    if stages.get(PENDING) not in (None, stages.get(CURRENT)):
        raise Stop(
            Exit.REFUSED,
            f"{secret.name} is being rotated: wait, or run `ops rotate` with --resume or --abort",
        )
    address = _address(context)
    moved = with_host(held(context, secret).plain.text, address)
    old = readers.stale(context, secret, created(context, secret.name)) if moved is None else []
    if moved is None and not old:
        context.say(f"the host of {secret.name} is {address} already", "green")
        return _done(context, secret, address, None, done=True)
    if not write:
        context.say(
            f"would set the host of {secret.name} to {address} and restart its readers; add --apply", "yellow"
        )
        return _done(context, secret, address, None, done=False)
    _refuse_old_function(context, address)
    intent = {"host": address, "version": str(uuid.uuid4())}
    with resumable():
        operation = Operation.begin(context, "repoint", key, intent=intent, before={})
        return _carry_through(operation, secret)


def _carry_through(operation: Operation, secret: SecretSettings) -> Exit:
    context, record = operation.context, operation.record
    address, version = (str(record.intent.get(name)) for name in ("host", "version"))
    with operation.step("address"):
        # A resumed run checks again: the new value may have been stored, or a rotation may have run since.
        moved = with_host(held(context, secret).plain.text, address)
        if moved is not None:
            context.aws.client("secretsmanager").put_secret_value(
                SecretId=secret.name, ClientRequestToken=version, SecretString=moved
            )
            context.boundary("address put")
        if with_host(held(context, secret).plain.text, address) is not None:
            raise Stop(
                Exit.PARTLY, f"the host of {secret.name} was changed by someone else; continue with --resume"
            )
    context.say(f"the host of {secret.name} is {address}", "green")
    with operation.step("readers"):
        readers.restart(context, secret.readers, created(context, secret.name))
        if old := readers.stale(context, secret, created(context, secret.name)):
            raise Stop(Exit.PARTLY, f"{'; '.join(old)}; read its events, then continue with --resume")
    operation.finish()
    context.say(
        "if the restored data is older than the last rotation, rotate now: its passwords are older too"
    )
    return _done(context, secret, address, record, done=True)


def _done(
    context: StackContext, secret: SecretSettings, host: str, record: Record | None, *, done: bool
) -> Exit:
    context.screen.document(
        {
            "stack": context.stack,
            "secret": secret.name,
            "host": host,
            "done": done,
            "operation": as_dict(record) if record else None,
        }
    )
    return Exit.DONE


def with_host(url: str, host: str) -> str | None:
    """The URL with another host; None where it has that host already. :class:`Stop` never quotes the URL."""
    parts = None
    try:
        parts = urlsplit(url)
        known = (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        known = ("", None, None)
    if parts is None or known[0] not in ("postgres", "postgresql") or not known[1] or "," in parts.netloc:
        raise Stop(
            Exit.REFUSED, "the stored value is not a postgresql:// URL with one host: rotate it instead"
        )
    if known[1] == host:
        return None
    login, at, _ = parts.netloc.rpartition("@")
    port = f":{known[2]}" if known[2] else ""
    return urlunsplit(parts._replace(netloc=f"{login}{at}{host}{port}"))


def _address(context: StackContext) -> str:
    found = instance(context.aws)
    address = (found or {}).get("Endpoint", {}).get("Address")
    if found is None or found.get("DBInstanceStatus") != "available" or not address:
        raise Stop(Exit.REFUSED, f"{context.aws.names.part('rds')} is not available yet")
    return str(address)


def _refuse_old_function(context: StackContext, address: str) -> None:
    """:class:`Stop` while the rotation function's environment names another host or master secret.

    RDS creates a new master secret for a restored instance.
    """
    function = context.aws.names.part("rotate")
    known = context.aws.client("lambda").get_function_configuration(FunctionName=function)
    master = ((instance(context.aws) or {}).get("MasterUserSecret") or {}).get("SecretArn")
    variables = known.get("Environment", {}).get("Variables", {})
    for variable, wanted in ((HOST_VARIABLE, address), (MASTER_VARIABLE, master)):
        if variables.get(variable) != wanted:
            raise Stop(
                Exit.REFUSED,
                f"function {function} still has another {variable} than {wanted}: run `pulumi up` first; it "
                "would refuse the next rotation",
            )
