"""Compares what a command did with its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from encryption_keys import kid
from ops.core.exits import Exit
from ops.operations import Record
from settings.schema.secrets import SecretSettings
from settings.store_state import GENERATION_TAG
from tests.ops.model.commands import Command
from tests.ops.model.invariants import password, ring_name
from tests.ops.model.points import Ended
from tests.ops.model.running_stack import RunningStack, loaded


@dataclass(frozen=True)
class Before:
    """What there was before a command."""

    everything: Any
    open: Record | None

    @classmethod
    def of(cls, stack: RunningStack) -> Before:
        return cls(stack.snapshot(), stack.open_record())


def check(
    stack: RunningStack, command: Command, ended: Ended, before: Before, began: dict[str, dict[str, str]]
) -> None:
    """A refused command changed nothing; one that ended with 0 has the whole effect."""
    ran_with_another = ended.run.interleaved
    refused = ended.code == Exit.REFUSED or (ended.refused_by_program and command.kind == "up")
    if refused and ended.run.fault is None and not ran_with_another:
        assert stack.snapshot() == before.everything, "a refused command changed something"
    if ended.code not in (Exit.DONE, Exit.FINDING):
        return
    if command.kind == "up":
        _stores_are_declared(stack, command.checkout, [*stack.secrets])
        return
    if ran_with_another:
        return  # what it did may be overtaken by now
    assert stack.open_record() is None, "success is claimed while the operation is open"
    values = began[before.open.id] if before.open else ended.run.values
    secrets = stack.secrets
    keys = [*secrets] if command.kind == "incident" else [command.key]
    _stores_are_declared(stack, command.checkout, keys)
    if command.kind == "retire":
        ring = stack.ring(command.key)
        assert ring.keys[-1] == ring.current, "a key before the current one is kept"
        return
    for key in keys:
        leaked = command.kind == "incident" or _compromised(before.open, command)
        _is_replaced(stack, key, secrets[key], values, leaked=leaked)


def _compromised(record: Record | None, command: Command) -> bool:
    return bool(record.intent.get("compromised")) if record else command.compromised


def _is_replaced(
    stack: RunningStack, key: str, secret: SecretSettings, before: dict[str, str], *, leaked: bool
) -> None:
    """Another value is current, every reader has it, and a value that leaked is not accepted."""
    assert stack.aws.value(secret.name) != before[secret.name], f"{key} has its old value"
    for service, task in stack.aws.tasks.items():
        for name in {secret.name, ring_name(secret)} & task.read.keys():
            assert task.read[name] == stack.aws.value(name), f"{service} has an old value of {name}"
    if secret.keyring is None:
        old = password(before[secret.name])
        assert not leaked or old not in stack.state.accepted, f"{key}: the leaked password is accepted"
        return
    old, ring = loaded(before[secret.keyring.name]), stack.ring(key)
    assert ring.current.generation > old.current.generation
    following = {one.kid for one in old.keys if one.status == "next"} if leaked else set[str]()
    assert not following & {one.kid for one in ring.keys}, f"{key}: a leaked next key is kept"


def _stores_are_declared(stack: RunningStack, checkout: str, keys: Sequence[str]) -> None:
    """The stores hold exactly what the file declares, so that its next update changes nothing."""
    for key in keys:
        secret = stack.settings(checkout).secrets[key]
        assert stack.aws.secrets[secret.name].tags[GENERATION_TAG] == str(secret.generation)
        if secret.keyring is None:
            continue
        ring = stack.ring(key)
        assert ring.current.generation == secret.generation
        assert {one.generation for one in ring.keys} == set(secret.alive)
        assert kid(stack.aws.value(secret.name)) == ring.current.kid
