"""Removes old keys from a key ring once no row, backup, session or running task needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.stored_generations import other_numbers
from ops.core.stored_secret import StoredSecret, disagreements, fingerprints, held
from ops.core.updater import Update
from ops.operations import Operation, other_open, resumable, to_resume
from ops.reencrypt.retire import objections as rows_object
from ops.reencrypt.target import Inventory
from ops.rotation import commit, readers, steps
from ops.rotation.remaining_copies import backups, copies
from settings.schema.secrets import SecretSettings
from settings.store_state import Retirement, retirement_parameter, retirement_text

HMAC_LIFE = timedelta(minutes=10)
"""Five minutes in which a signed header is accepted, and five for clock skew."""


@dataclass(frozen=True)
class How:
    """The options of the command."""

    write: bool = False
    connect: Callable[[], Connection[Any]] | None = None
    """Opens the database whose rows the key encrypts."""
    token_minutes: int | None = None
    without_backups: bool = False
    resume: bool = False
    commit: bool = False
    """Whether to commit the stack file at the end."""


def retire(context: StackContext, name: str, how: How) -> Exit:
    """Raise ``minGeneration`` to the current generation; :class:`Stop` where an old key is still needed."""
    key, secret = context.secret(name)
    if secret.keyring is None:
        raise Stop(Exit.BAD_INPUT, f"{key} has no key ring: there is no old key to retire")
    if how.resume:
        return _resume(context, key, how)
    if busy := other_open(context):
        raise Stop(Exit.REFUSED, busy)
    found = held(context, secret)
    against = [*disagreements(secret, found), *other_numbers(context.aws, secret)]
    if secret.min_generation == secret.generation and not against:
        context.say(f"{key}: no generation before {secret.generation} is kept", "green")
        context.screen.document({"stack": context.stack, "secret": key, "minGeneration": secret.generation})
        return Exit.DONE
    if against := [*against, *_objections(context, key, secret, found, how)]:
        raise Stop(Exit.REFUSED, "\n".join(against))
    step = steps.keep_from(key, secret.generation)
    if how.write:
        update = context.find_update()
        with resumable():
            operation = Operation.begin(
                context,
                "retire",
                key,
                intent={"steps": steps.intended([step])},
                before=fingerprints(secret, found),
            )
            return _carry_through(operation, key, how, update)
    context.say(f"{step.says}: safe to apply; add --apply", "yellow")
    left = _remaining(context, key)
    context.screen.document(
        {
            "stack": context.stack,
            "secret": key,
            "minGeneration": secret.generation,
            "applied": False,
            "remaining": left,
        }
    )
    return Exit.DONE


def _resume(context: StackContext, key: str, how: How) -> Exit:
    """Take the open steps of the operation record; its conditions were met when it was written."""
    record = to_resume(context, "retire", key)
    if not how.write:
        context.say(f"would continue {record.title}; add --apply", "yellow")
        return Exit.DONE
    update = context.find_update()
    with resumable():
        return _carry_through(Operation.resume(context, "retire", key), key, how, update)


def _carry_through(operation: Operation, key: str, how: How, update: Update) -> Exit:
    context = operation.context
    (step,) = steps.planned(operation.record)
    steps.refuse_other_start(operation, key)
    with operation.step("proof"):
        _prove(context, key, step.value)
    steps.perform(operation, key, update)
    oldest = context.settings.secrets[key].min_generation
    commit.stack_file(
        context, f"Retire {key} of {context.stack} before generation {oldest}", write=how.commit
    )
    operation.finish()
    context.say(f"{key}: generation {oldest} is the oldest that is kept", "green")
    context.look_again()
    left = _remaining(context, key)
    context.screen.document(
        {
            "stack": context.stack,
            "secret": key,
            "minGeneration": oldest,
            "applied": True,
            "remaining": left,
            "operation": operation.to_dict(),
        }
    )
    return Exit.DONE


def _remaining(context: StackContext, key: str) -> dict[str, Any]:
    """Print and return what the removal from the ring does not reach: older versions and backups."""
    rows = context.settings.secrets[key].kind == "aes-256-key"
    left = copies(context, key, encrypts_rows=rows)
    if text := str(left):
        context.say(text, "yellow")
    return left.to_dict()


def _prove(context: StackContext, key: str, oldest: int) -> None:
    """Put the parameter without which the Pulumi program refuses to remove a key."""
    context.aws.client("ssm").put_parameter(
        Name=retirement_parameter(context.settings.names, key),
        Description=f"Put by ops retire: no generation of {key} before this one is needed",
        Value=retirement_text(Retirement(oldest)),
        Type="String",
        Overwrite=True,
    )


def _objections(
    context: StackContext, key: str, secret: SecretSettings, found: StoredSecret, how: How
) -> Iterator[str]:
    old = readers.stale(context, secret, found.since)
    if secret.kind != "aes-256-key":
        yield from old
        yield from _sessions(key, secret, found, how)
        return
    inventory = Inventory.of(context.stack, context.settings, key)
    if not inventory.targets or how.connect is None:
        raise Stop(
            Exit.BAD_INPUT,
            f"{key} encrypts rows: declare every column under secrets.{key}.encryptedColumns, and give "
            "--database",
        )
    kid = found.ring.current.kid if found.ring else ""
    kept = [] if how.without_backups else [one.oldest for one in backups(context)]
    with closing(how.connect()) as connection:
        yield from rows_object(
            connection, inventory, kid, stale_readers=old, oldest_backup=min(kept, default=None)
        )


def _sessions(key: str, secret: SecretSettings, found: StoredSecret, how: How) -> Iterator[str]:
    """Reasons while tokens that the old key signed can still be valid."""
    if secret.kind == "jwt-hs256-key" and how.token_minutes is None:
        raise Stop(Exit.BAD_INPUT, f"{key} signs sessions: give their longest validity with --token-minutes")
    life = HMAC_LIFE if how.token_minutes is None else timedelta(minutes=how.token_minutes)
    until = found.plain.created.astimezone(UTC) + life
    if datetime.now(UTC) < until:
        yield f"{key}: tokens that the old key signed are valid until {until:%Y-%m-%d %H:%M} UTC"
