"""Rotates the database URL with its Lambda function, and finishes or undoes an unfinished rotation."""

from __future__ import annotations

import uuid

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import CURRENT
from ops.operations import Operation, Record, as_dict, open_record, records, resumable
from ops.rotation import readers
from ops.rotation.function import (
    PENDING,
    PREVIOUS,
    created,
    finish,
    half_way,
    short,
    staged,
    start,
)
from settings.schema.secrets import SecretSettings

__all__ = ["CURRENT", "PENDING", "created", "half_way", "renew", "rotate", "staged"]

ROTATION, READERS = "rotation", "readers"
"""The steps of the operation record."""


def rotate(context: StackContext, key: str, *, write: bool, resume: bool, abort: bool) -> Exit:
    """Start a rotation, or finish or undo an unfinished one, with or without an operation record."""
    secret = context.settings.secrets[key]
    stages = staged(context, secret.name)
    current, pending = stages.get(CURRENT), stages.get(PENDING)
    stuck = pending is not None and pending != current
    record = _open(context, key, resume=resume, abort=abort)
    if record is None and pending is None and abort:
        raise Stop(Exit.BAD_INPUT, f"{secret.name}: no version is {PENDING}, so there is nothing to undo")
    if record is None and pending is None and resume:
        raise Stop(
            Exit.REFUSED, f"nothing to resume: no operation is open, and {secret.name} has no {PENDING}"
        )
    if stuck and not (resume or abort):
        raise Stop(
            Exit.REFUSED,
            f"{secret.name}: version {short(pending)} is {PENDING}: a rotation is unfinished; wait a few "
            "minutes, then continue with --resume or --abort",
        )
    if not (resume or abort):
        _refuse_old_readers(context, secret)
    if not write:
        what = "continue" if resume else "undo" if abort else "start"
        context.say(f"would {what} the rotation of {secret.name}; add --apply", "yellow")
        context.screen.document({"stack": context.stack, "secret": secret.name, "applied": False})
        return Exit.DONE
    if abort:
        version = _version(record) if record else pending or ""
        return _abort(context, key, version, stuck=version != current, recorded=record is not None)
    with resumable():
        if record is not None:
            operation = Operation.resume(context, "rotate", key)
        else:
            version = pending if resume and pending else str(uuid.uuid4())
            intent = {"version": version, "replaces": "" if version == current else current or ""}
            operation = Operation.begin(context, "rotate", key, intent=intent, before={})
        return _carry_through(operation, secret)


def _open(context: StackContext, key: str, *, resume: bool, abort: bool) -> Record | None:
    """The open operation record of this rotation; :class:`Stop` where it is another's, or not resumed."""
    found = open_record(context)
    if found is not None and not (found.same_operation("rotate", key) and (resume or abort)):
        raise Stop(Exit.REFUSED, records(context).busy(found))
    return found


def _version(record: Record) -> str:
    version = record.intent.get("version")
    if not isinstance(version, str):
        raise Stop(
            Exit.BAD_INPUT, f"the operation record of {record.title} names no version: do not delete it"
        )
    return version


def _carry_through(operation: Operation, secret: SecretSettings) -> Exit:
    context, record = operation.context, operation.record
    version = _version(record)
    if not record.done(ROTATION):
        with operation.step(ROTATION):
            put_in_force(context, secret, version)
    if not record.done(READERS):
        with operation.step(READERS):
            readers.restart(context, secret.readers, created(context, secret.name))
    if staged(context, secret.name).get(CURRENT) == record.intent.get("replaces"):
        operation.mark(ROTATION, "failed", "the previous version is current")
        raise Stop(
            Exit.PARTLY, f"{secret.name}: the previous version is current again; continue with --resume"
        )
    if old := readers.stale(context, secret, created(context, secret.name)):
        operation.mark(READERS, "failed", "; ".join(old))
        raise Stop(Exit.PARTLY, f"{'; '.join(old)}; read its events, then continue with --resume")
    operation.finish()
    return _done(context, secret, record)


def put_in_force(context: StackContext, secret: SecretSettings, version: str) -> None:
    """Make ``version`` the current one, from the state in which an earlier run left it."""
    stages = staged(context, secret.name)
    if stages.get(PREVIOUS) == version:
        return  # it was current, and a later rotation has replaced it
    if stages.get(CURRENT) == version and PENDING not in stages:
        return
    if version in (stages.get(PENDING), stages.get(CURRENT)):
        finish(context, secret, version)
    else:
        start(context, secret, version)


def renew(context: StackContext, secret: SecretSettings, version: str) -> None:
    """Rotate to ``version``, after an unfinished rotation if there is one; restart the readers after each.

    A rotation changes the login that is not current: readers must have left it.
    """
    pending = half_way(context, secret.name)
    if pending not in (None, version):
        finish(context, secret, pending)
        readers.restart(context, secret.readers, created(context, secret.name))
    put_in_force(context, secret, version)
    context.boundary("version in force")
    readers.restart(context, secret.readers, created(context, secret.name))


def _refuse_old_readers(context: StackContext, secret: SecretSettings) -> None:
    """:class:`Stop` while tasks from before the last rotation run: their login is the one that changes."""
    old = readers.stale(context, secret, created(context, secret.name))
    if old:
        raise Stop(
            Exit.REFUSED,
            "\n".join(f"{one}: its login is the one that changes; deploy it first" for one in old),
        )


def _abort(context: StackContext, key: str, pending: str, *, stuck: bool, recorded: bool) -> Exit:
    """Remove AWSPENDING. The current login is unchanged: a rotation changes the other one."""
    secret = context.settings.secrets[key]
    if not stuck:
        raise Stop(
            Exit.REFUSED,
            f"{secret.name}: version {short(pending)} is {CURRENT} already; finish it with --resume",
        )
    operation = Operation.resume(context, "rotate", key) if recorded else None
    if staged(context, secret.name).get(PENDING) == pending:
        context.aws.client("secretsmanager").update_secret_version_stage(
            SecretId=secret.name, VersionStage=PENDING, RemoveFromVersionId=pending
        )
        context.boundary("pending version dropped")
    context.say(f"{secret.name}: version {short(pending)} is dropped; the current value is unchanged")
    if operation is not None:
        operation.mark(ROTATION, "failed", "undone with --abort")
        operation.finish()
    return _done(context, secret, operation.record if operation else None)


def _done(context: StackContext, secret: SecretSettings, record: Record | None) -> Exit:
    version = staged(context, secret.name).get(CURRENT)
    context.say(f"{secret.name}: version {short(version)} is {CURRENT}", "green")
    context.screen.document(
        {
            "stack": context.stack,
            "secret": secret.name,
            "applied": True,
            "version": version,
            "pending": None,
            "operation": as_dict(record) if record else None,
        }
    )
    return Exit.DONE
