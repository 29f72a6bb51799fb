"""Takes the steps of a rotation: edit the stack file, update, verify the store, restart the readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.stack_edit import with_number, with_revoked
from ops.core.stored_secret import StoredSecret, fingerprints, generations, held, moved, same_value
from ops.core.updater import Update
from ops.operations import Operation, Record, stack_file_lock
from ops.rotation import readers, seeds
from ops.rotation.seeds import Drops
from settings.schema.secrets import SecretSettings

Field = Literal["generation", "revoked", "minGeneration"]


@dataclass(frozen=True)
class Step:
    """One number to set in the stack file, and the roll-out that follows; idempotent."""

    key: str
    field: Field
    value: int

    @property
    def says(self) -> str:
        """The step on one line; also its name in the operation record."""
        joined = "and " if self.field == "revoked" else ""
        return f"secrets.{self.key}.{self.field}: {joined}{self.value}"

    @property
    def new_value(self) -> bool:
        """Whether the secret's value must have changed afterwards."""
        return self.field == "generation"

    @property
    def drops(self) -> Drops | None:
        """Which generations the step removes from the key ring; their seeds are protected until then."""
        if self.field == "revoked":
            return "next"
        return "retired" if self.field == "minGeneration" else None

    def declared(self, secret: SecretSettings) -> bool:
        """Whether the stack file has the number already; :class:`Stop` where it has a higher one."""
        if self.field == "revoked":
            return self.value in secret.revoked
        now = secret.generation if self.field == "generation" else secret.min_generation
        if now > self.value:
            raise Stop(
                Exit.REFUSED,
                f"secrets.{self.key}.{self.field} is {now} in the stack file, but the open operation sets "
                f"it to {self.value}: find out who raised it (git log) and correct it by hand",
            )
        return now == self.value

    def edit(self, text: str) -> str:
        """The stack file's text with the number set."""
        if self.field == "revoked":
            return with_revoked(text, self.key, self.value)
        return with_number(text, self.key, self.field, self.value)


def promote(key: str, generation: int) -> Step:
    """Make a generation the current one."""
    return Step(key, "generation", generation)


def revoke(key: str, generation: int) -> Step:
    """Revoke a generation: it is never used again."""
    return Step(key, "revoked", generation)


def keep_from(key: str, generation: int) -> Step:
    """Set the oldest generation that is kept."""
    return Step(key, "minGeneration", generation)


def intended(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps in the form of an operation record."""
    return [asdict(step) for step in steps]


def planned(record: Record) -> list[Step]:
    """The steps in an operation record; :class:`Stop` where it has none."""
    try:
        return [Step(**one) for one in record.intent["steps"]]
    except (LookupError, TypeError):
        raise Stop(
            Exit.BAD_INPUT, f"the operation record of {record.title} has no steps: do not delete it"
        ) from None


def seeds_to_drop(context: StackContext, step: Step, before: Mapping[str, str]) -> list[str]:
    """The URNs of the protected seeds that the step's update deletes, once the stack file is edited.

    ``before`` holds the fingerprints of the store's values when the operation began.
    """
    secret = context.settings.secrets[step.key]
    if step.drops is None or secret.keyring is None:
        return []
    stored = held(context, secret).ring
    if stored is None:
        return []
    gone = seeds.leaving(secret, stored, generations(secret, before), step.drops)
    return seeds.urns(context.stack, step.key, secret, gone)


def refuse_other_start(operation: Operation, key: str) -> None:
    """Close an operation, before its first effect, whose plan does not match the store any more.

    Another operation may have finished between the planning and the writing of the record.
    """
    context, record = operation.context, operation.record
    if record.steps:
        return
    secret = context.settings.secrets[key]
    if fingerprints(secret, held(context, secret)) != record.before:
        operation.finish()
        raise Stop(
            Exit.REFUSED,
            f"{secret.name} was changed by somebody else while {record.title} began: nothing was changed by "
            "this run; pull the stack file and run it again if it is still needed",
        )


def perform(operation: Operation, key: str, update: Update) -> StoredSecret:
    """Take the open steps of the operation record in order; return the verified secret."""
    plan = planned(operation.record)
    for step in plan:
        if operation.record.done(step.says):
            declare(operation.context, step)  # a run in another checkout may have done it
            continue
        operation.context.say(step.says)
        with operation.step(step.says):
            _take(operation, step, update)
    return prove_whole(operation, key, plan)


def declare(context: StackContext, step: Step) -> None:
    """Set a step's number in the stack file."""
    with stack_file_lock(context.path):
        context.reread()
        if not step.declared(context.settings.secrets[step.key]):
            context.edit(step.edit)


def _take(operation: Operation, step: Step, update: Update) -> None:
    context = operation.context
    declare(context, step)
    context.boundary(f"{step.says}: edited")
    update.unprotect(seeds_to_drop(context, step, operation.record.before))
    update()
    context.boundary(f"{step.says}: updated")
    after = proven(context, step, operation.record.before)
    context.boundary(f"{step.says}: proven")
    readers.restart(context, context.settings.secrets[step.key].readers, after.since)


def proven(context: StackContext, step: Step, before: Mapping[str, str]) -> StoredSecret:
    """The stored secret after a step's update; :class:`Stop` where it is not as the step requires."""
    secret = context.settings.secrets[step.key]
    after = held(context, secret)
    problems = [*moved(secret, before, after)]
    if step.new_value and same_value(secret, before, after):
        problems.append(f"{secret.name} has the same value as before")
    if problems:
        raise Stop(Exit.PARTLY, f"{'; '.join(problems)} (readers not restarted; continue with --resume)")
    return after


def prove_whole(operation: Operation, key: str, plan: Sequence[Step]) -> StoredSecret:
    """Compare the store with the values before the operation, and the readers with the store."""
    try:
        return _compared(operation, key, plan)
    except Stop as stop:
        # Makes --resume take the idempotent steps again.
        for step in plan:
            operation.mark(step.says, "failed", str(stop))
        raise


def _compared(operation: Operation, key: str, plan: Sequence[Step]) -> StoredSecret:
    context, secret = operation.context, operation.context.settings.secrets[key]
    last = next((step for step in plan if step.new_value), plan[-1])
    after = proven(context, last, operation.record.before)
    if readers.stale(context, secret, after.since):
        readers.restart(context, secret.readers, after.since)
    if old := readers.stale(context, secret, after.since):
        raise Stop(Exit.PARTLY, f"{'; '.join(old)}; read its events, then continue with --resume")
    return after
