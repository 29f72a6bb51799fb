"""Generated secrets change together: one update and one roll-out a wave, and each is proved by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.stored_secret import disagreements, fingerprints, held
from ops.core.updater import Update
from ops.incident.journal import FAILURES, Item, Journal, said, secret_item
from ops.rotation import readers, rotate, steps
from ops.rotation.steps import Step
from settings.grants import known_readers
from settings.schema.secrets import SecretSettings


def keys(context: StackContext) -> list[str]:
    """The secrets whose values an update makes."""
    return [key for key, secret in context.settings.secrets.items() if secret.generated]


def plan(key: str, secret: SecretSettings, known: Item | None = None) -> list[Step]:
    """What a leaked secret takes, counted from what the stack file declared when the incident began."""
    if known is not None and known.generation:
        secret = secret.model_copy(update={"generation": known.generation, "revoked": tuple(known.revoked)})
    return rotate.steps_of(key, secret, compromised=True)


def replace(context: StackContext, journal: Journal, update: Update) -> None:
    """Take every generated secret through its waves; what fails is left out of the next one."""
    plans: dict[str, list[Step]] = {}
    for key in keys(context):
        if not journal.done(secret_item(key)):
            with journal.trying(secret_item(key), then="begun"):
                plans[key] = _checked(context, journal, key)
    while wave := {key: left.pop(0) for key, left in plans.items() if left}:
        for key in wave.keys() - _take(context, journal, wave, update):
            del plans[key]
    for key in plans:
        with journal.trying(secret_item(key)):
            _refuse_old_value(context, journal, key)


def _checked(context: StackContext, journal: Journal, key: str) -> list[Step]:
    secret, known = context.settings.secrets[key], journal.items[secret_item(key)]
    found = held(context, secret)
    if not known.version:
        known.version, known.generation = found.plain.version, secret.generation
        known.revoked = list(secret.revoked)
        journal.save()
    untouched = (secret.generation, list(secret.revoked)) == (known.generation, known.revoked)
    if untouched and (wrong := list(disagreements(secret, found))):
        raise Stop(Exit.REFUSED, "; ".join(wrong))
    return plan(key, secret, known)


def _take(context: StackContext, journal: Journal, wave: Mapping[str, Step], update: Update) -> set[str]:
    """One wave; the secrets that came through it."""
    before: dict[str, dict[str, str]] = {}
    dropped: list[str] = []
    for key, step in wave.items():
        context.say(step.says)
        with journal.trying(secret_item(key), then="begun"):
            secret = context.settings.secrets[key]
            found = held(context, secret)
            seen = fingerprints(secret, found)
            if step.declared(secret):  # by an earlier run, whose new value this one may find
                del seen[secret.name]
            steps.declare(context, step)
            dropped += steps.seeds_to_drop(context, step, found.ring)
            before[key] = seen
    through: dict[str, datetime] = {}

    def take() -> None:
        update.unprotect(dropped)
        update()

    if not before or not _together(journal, before, take):
        return set()
    for key, seen in before.items():
        with journal.trying(secret_item(key), then="begun"):
            through[key] = steps.proven(context, wave[key], seen).since
    # Every reader, and whoever else lost its sessions: a service that reads no secret too.
    everyone = known_readers(context.settings)
    if not through or not _together(
        journal, through, lambda: readers.restart(context, everyone, max(through.values()))
    ):
        return set()
    return set(through)


def _together(journal: Journal, among: Mapping[str, object], work: Callable[[], None]) -> bool:
    """What all depend on: where it fails, all of them did."""
    try:
        work()
    except FAILURES as error:
        for key in among:
            journal.mark(secret_item(key), "failed", said(error))
        return False
    return True


def _refuse_old_value(context: StackContext, journal: Journal, key: str) -> None:
    secret = context.settings.secrets[key]
    if held(context, secret).plain.version == journal.items[secret_item(key)].version:
        raise Stop(Exit.PARTLY, f"{secret.name} still has the version from before the incident")
    context.say(f"{key}: generation {secret.generation} is in force, nothing from before is", "green")
