"""Replaces all generated secrets in one update and one roll-out, and verifies each in its store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.stored_generations import other_numbers
from ops.core.stored_secret import disagreements, fingerprints, held
from ops.core.updater import Update
from ops.incident.items import FAILURES, Items, said, secret_item
from ops.operations import Record
from ops.rotation import readers, rotate, steps
from ops.rotation.steps import Step
from settings.grants import known_readers


def keys(context: StackContext) -> list[str]:
    """The keys of the secrets whose values Pulumi generates."""
    return [key for key, secret in context.settings.secrets.items() if secret.generated]


def plan(context: StackContext, key: str, record: Record | None = None) -> list[Step]:
    """The steps for a leaked secret: those in the operation record, else from its current generation."""
    known = [step for step in steps.planned(record) if step.key == key] if record else []
    return known or rotate.steps_of(key, context.settings.secrets[key], compromised=True)


def replace(context: StackContext, items: Items, update: Update) -> None:
    """Take the steps of every generated secret, one step of each per update; failed secrets are left out."""
    context.reread()  # a command in the same checkout may have ended before the record was written
    plans: dict[str, list[Step]] = {}
    for key in keys(context):
        if items.done(secret_item(key)):
            _declare_again(context, items, key)
        else:
            with items.trying(secret_item(key), then="begun"):
                plans[key] = _checked(context, items, key)
    number = 0
    while some := {key: plan[number] for key, plan in plans.items() if number < len(plan)}:
        number += 1
        for key in some.keys() - _take(context, items, some, update, number):
            del plans[key]
    for key, whole in plans.items():
        with items.trying(secret_item(key)):
            steps.prove_whole(items.operation, key, whole)
            generation = context.settings.secrets[key].generation
            context.say(f"{key}: generation {generation} is current, no earlier value is", "green")


def _declare_again(context: StackContext, items: Items, key: str) -> None:
    """Declare completed steps in an older checkout, whose next update would revert them."""
    try:
        for step in plan(context, key, items.record):
            steps.declare(context, step)
    except FAILURES as error:
        items.mark(secret_item(key), "failed", said(error))


def _checked(context: StackContext, items: Items, key: str) -> list[Step]:
    """The steps of a secret; records the fingerprints of its values first."""
    secret, record = context.settings.secrets[key], items.record
    if secret.name not in record.before:
        found = held(context, secret)
        if wrong := [*disagreements(secret, found), *other_numbers(context.aws, secret)]:
            raise Stop(Exit.REFUSED, "; ".join(wrong))
        # Counted from the current values: another operation may have ended before the record was written.
        others = [step for step in steps.planned(record) if step.key != key]
        record.intent["steps"] = steps.intended([*others, *plan(context, key)])
        record.before |= fingerprints(secret, found)
        items.operation.save()
    return plan(context, key, record)


def _take(
    context: StackContext, items: Items, some: Mapping[str, Step], update: Update, number: int
) -> set[str]:
    """Take one step of each secret; return the keys of the secrets that succeeded."""
    declared: list[str] = []
    dropped: list[str] = []
    for key, step in some.items():
        with items.trying(secret_item(key), then="begun"):
            if not items.done(step.says):
                context.say(step.says)
                items.mark(step.says, "begun")
            steps.declare(context, step)
            context.boundary(f"{step.says}: edited")
            dropped += steps.seeds_to_drop(context, step, items.record.before)
            declared.append(key)
    through = {key for key in declared if items.done(some[key].says)}
    open_keys = [key for key in declared if key not in through]

    def take() -> None:
        update.unprotect(dropped)
        update()

    if not open_keys or not _together(items, open_keys, take):
        return through
    context.boundary(f"update {number}: done")
    proven: dict[str, datetime] = {}
    for key in open_keys:
        with items.trying(secret_item(key), then="begun"):
            proven[key] = steps.proven(context, some[key], items.record.before).since
    # Services that read no secret are restarted too: their sessions were revoked.
    everyone = known_readers(context.settings)
    if not proven or not _together(
        items, proven, lambda: readers.restart(context, everyone, max(proven.values()))
    ):
        return through
    context.boundary(f"update {number}: readers restarted")
    for key in proven:
        items.mark(some[key].says, "done")
    return through | proven.keys()


def _together(items: Items, among: Iterable[str], work: Callable[[], None]) -> bool:
    """Run ``work``; where it fails, mark all of ``among`` as failed."""
    try:
        work()
    except FAILURES as error:
        for key in among:
            items.mark(secret_item(key), "failed", said(error))
        return False
    return True
