"""Runs a restore drill: restores a backup into a copy, checks it, deletes it, and records the result."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.operations import Operation, Record, RecordStep, other_open, resumable, to_resume
from ops.restore.check import check, isolation
from ops.restore.copies import DELETE_AFTER_TAG, delete
from ops.restore.jobs import settle
from ops.restore.placement import Placement, placement
from ops.restore.recovery_points import LATEST, find
from ops.restore.restore import restore
from ops.restore.result import (
    ABORTED,
    CHECK,
    DELETION,
    FAILED,
    ISOLATION,
    RESTORE,
    RESULT,
    point_of,
    result,
)
from ops.restore.target import Copy, Failed
from settings.names import Names

KIND = "restore-drill"
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class How:
    """The options of the command."""

    write: bool = False
    wanted: str = LATEST
    keep: bool = False
    """Stop before the copy is deleted."""
    resume: bool = False
    abort: bool = False


def restore_drill(context: StackContext, how: How) -> Exit:
    """Restore, check and delete a copy of the database; without ``write`` print what would be done."""
    if how.resume or how.abort:
        return _continue(context, how)
    if busy := other_open(context):
        raise Stop(Exit.REFUSED, busy)
    where, point = placement(context), find(context, how.wanted)
    name = context.settings.names.part(f"restored-{secrets.token_hex(4)}")
    if not how.write:
        context.say(
            f"would restore the {point} into a new instance in {where.subnet_group} with security group "
            f"{where.security_group_id}, check it and delete it; add --apply",
            "yellow",
        )
        document = {"stack": context.stack, "applied": False, "recoveryPoint": point.to_dict()}
        context.screen.document(document)
        return Exit.DONE
    intent = {
        "point": point.to_dict(),
        "instance": name,
        "subnetGroup": where.subnet_group,
        "securityGroup": where.security_group_id,
        "deleteAfter": (datetime.now(UTC) + KEPT).isoformat(timespec="seconds"),
    }
    with resumable():
        operation = Operation.begin(context, KIND, "", intent=intent, before={})
        return _carry_through(operation, how)


def _continue(context: StackContext, how: How) -> Exit:
    record = to_resume(context, KIND, "")
    if not how.write:
        what = "undo" if how.abort else "continue"
        context.say(f"would {what} {record.title}; add --apply", "yellow")
        context.screen.document(
            {"stack": context.stack, "applied": False, "recoveryPoint": point_of(record).to_dict()}
        )
        return Exit.DONE
    with resumable():
        operation = Operation.resume(context, KIND, "")
        if how.abort and not _ended(operation.record):
            operation.mark(CHECK, "failed", "ended with --abort", {RESULT: ABORTED})
        return _carry_through(operation, how)


def _carry_through(operation: Operation, how: How) -> Exit:
    context, copy = operation.context, _copy(operation.record, operation.context.settings.names)
    context.say(f"the {copy.point} is restored into {copy.name}")
    _verify(operation, copy)
    found = result(operation.record)
    if how.keep and not found.aborted:
        _report(operation)
        raise Stop(
            Exit.PARTLY,
            f"{copy.name} is kept and billed, and no other operation can begin: delete it with --resume",
        )
    if not operation.record.done(DELETION):
        with operation.step(DELETION):
            settle(context, copy, operation.record)
            delete(context, copy.name)
    operation.finish()
    return _report(operation)


def _verify(operation: Operation, copy: Copy) -> None:
    """Take the steps up to the first that fails for good."""
    context, record = operation.context, operation.record

    def take(name: str, step: RecordStep) -> None:
        if name == RESTORE:
            restore(context, copy, step, operation.save)
        elif name == ISOLATION:
            isolation(context, copy)
        else:
            check(context, copy, step)

    for name in (RESTORE, ISOLATION, CHECK):
        if _ended(record):
            return
        if record.done(name):
            continue
        try:
            with operation.step(name) as step:
                take(name, step)
        except Failed as failed:
            operation.mark(name, "failed", str(failed), {RESULT: FAILED})
        else:
            context.say(f"{name}: done", "green")


def _ended(record: Record) -> bool:
    """Whether a step has ended the drill: it failed for good, or the operator aborted it."""
    return any(step.facts.get(RESULT) for step in record.steps.values())


def _report(operation: Operation) -> Exit:
    context, found = operation.context, result(operation.record)
    if found.aborted:
        context.say("the drill was ended with --abort: it has no result", "yellow")
    else:
        context.say(str(found), "green" if found.ok else "red")
    context.screen.document(
        {"stack": context.stack, "applied": True, **found.to_dict(), "operation": operation.to_dict()}
    )
    return Exit.DONE if found.ok or found.aborted else Exit.FINDING


def _copy(record: Record, names: Names) -> Copy:
    intent: Any = record.intent
    try:
        where = Placement(str(intent["subnetGroup"]), str(intent["securityGroup"]))
        name, until = str(intent["instance"]), str(intent["deleteAfter"])
    except LookupError:
        raise Stop(
            Exit.BAD_INPUT, f"the operation record of {record.title} names no instance: do not delete it"
        ) from None
    # The copy is deleted without a final snapshot, so its name must be one that only a drill gives.
    if not re.fullmatch(re.escape(names.part("restored-")) + "[0-9a-f]{8}", name):
        raise Stop(
            Exit.BAD_INPUT,
            f"the operation record of {record.title} names {name}, which is not a copy of a drill: nothing "
            "is restored or deleted; correct the record",
        )
    return Copy(name, point_of(record), where, {DELETE_AFTER_TAG: until}, token=record.id)
