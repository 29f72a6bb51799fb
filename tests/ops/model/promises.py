"""What a command promises by its exit code, and what holds between two commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from encryption_keys import Ring, kid
from ops.core.exits import Exit
from ops.operations import Record
from settings.schema.secrets import SecretSettings
from tests.ops.model.sandbox import Ended, Sandbox

if TYPE_CHECKING:
    from tests.ops.model.machine import Command


def kept(
    sandbox: Sandbox, command: Command, ended: Ended, before: Any, open_before: Record | None, *, alone: bool
) -> None:
    """Whether a command did what its exit code says; ``alone`` unless another one ran meanwhile."""
    quiet = alone and ended.run.fault is None
    if quiet and (ended.code == Exit.REFUSED or (ended.refused_by_program and command.kind == "up")):
        assert sandbox.snapshot() == before, "a refused command changed something"
    if ended.code not in (Exit.DONE, Exit.FINDING):
        return
    if command.kind == "up":
        _update_is_whole(sandbox, command.checkout)
        return
    if not alone:
        return
    assert sandbox.open_record() is None, "success is claimed while the operation is open"
    began = sandbox.began[open_before.id] if open_before else ended.run.values
    secrets = sandbox.secrets()
    if command.kind == "retire":
        ring = sandbox.ring(command.key)
        assert ring.keys[-1] == ring.current, "a key before the current one is kept"
        return
    for key in secrets if command.kind == "incident" else (command.key,):
        compromised = command.kind == "incident" or bool(_compromised(open_before, command))
        _is_replaced(sandbox, key, secrets[key], began, compromised=compromised)


def _compromised(record: Record | None, command: Command) -> bool:
    return bool(record.intent.get("compromised")) if record else command.compromised


def _is_replaced(
    sandbox: Sandbox, key: str, secret: SecretSettings, began: dict[str, str], *, compromised: bool
) -> None:
    """Another value is in force, every reader has it, and what leaked is not."""
    assert sandbox.aws.value(secret.name) != began[secret.name], f"{key} has its old value"
    for service, task in sandbox.aws.tasks.items():
        for name, read in task.read.items():
            if name in (secret.name, secret.keyring and secret.keyring.name):
                assert read == sandbox.aws.value(name), f"{service} has an old value of {name}"
    if secret.keyring is None:
        old = began[secret.name].partition(":a")[2]
        assert not compromised or _password(began[secret.name]) not in sandbox.state.accepted, old
        return
    before, after = Ring.load(began[secret.keyring.name]), sandbox.ring(key)
    assert after.current.generation > before.current.generation
    leaked = {one.kid for one in before.keys if one.status == "next"} if compromised else set[str]()
    assert not leaked & {one.kid for one in after.keys}, f"{key}: a leaked next key is kept"


def _update_is_whole(sandbox: Sandbox, checkout: str) -> None:
    """The stores hold exactly what the file declares."""
    for key, secret in sandbox.settings(checkout).secrets.items():
        if secret.keyring is None:
            continue
        ring = sandbox.ring(key)
        assert ring.current.generation == secret.generation
        assert {one.generation for one in ring.keys} == set(secret.alive)
        assert kid(sandbox.aws.value(secret.name)) == ring.current.kid


def readers_are_accepted(sandbox: Sandbox) -> None:
    """While no operation is open, whoever verifies takes what every reader signs, sends or logs in with."""
    if sandbox.open_record() is not None:
        return
    for secret in sandbox.secrets().values():
        holders = {name: task.read for name, task in sandbox.aws.tasks.items() if secret.name in task.read}
        for service, read in holders.items():
            own = read[secret.name]
            if secret.kind == "redis-url":
                assert _password(own) in sandbox.state.accepted, f"the cache refuses {service}"
            elif secret.kind == "aes-256-key":
                assert kid(own) in _kids(sandbox.aws.value(_ring_of(secret))), (
                    f"{service} writes unreadable rows"
                )
            else:
                for verifier, known in holders.items():
                    ring = known.get(_ring_of(secret))
                    taken = _kids(ring) if ring else {kid(known[secret.name])}
                    assert kid(own) in taken, f"{verifier} refuses what {service} signs"


def converges(sandbox: Sandbox, run: Callable[[Any], Ended]) -> None:
    """What is open can be finished from the newest file, and then everybody has the value in force."""
    from tests.ops.model.machine import Command

    sandbox.path("desk").write_text(sandbox.state.declared)
    if sandbox.open_record() is not None:
        ended = run(Command("resume", "", "desk"))
        assert ended.code == Exit.DONE, "what is open cannot be finished"
    readers_are_accepted(sandbox)


def _ring_of(secret: SecretSettings) -> str:
    return secret.keyring.name if secret.keyring else secret.name


def _kids(ring: str) -> set[str]:
    return {one.kid for one in Ring.load(ring).keys}


def _password(url: str) -> str:
    return url.removeprefix("rediss://aiponge:").removesuffix("@cache")
