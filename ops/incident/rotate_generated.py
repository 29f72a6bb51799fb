"""Generated secrets change together: one update and one roll-out a wave, and each is proved by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.core.stored_secret import Held, disagreements, held
from ops.core.updater import Update
from ops.incident.journal import FAILURES, Item, Journal, said, secret_item
from ops.rotation import readers, rotate, steps
from ops.rotation.steps import Step
from settings.grants import known_readers
from settings.schema.secrets import SecretSettings


def keys(site: Site) -> list[str]:
    """The secrets whose values an update makes."""
    return [key for key, secret in site.settings.secrets.items() if secret.generated]


def plan(key: str, secret: SecretSettings, known: Item | None = None) -> list[Step]:
    """What a leaked secret takes, or what is left of it since the journal wrote it down."""
    now = (secret.generation, list(secret.revoked))
    begun = known is not None and known.generation > 0 and now != (known.generation, known.revoked)
    return rotate.steps_of(key, secret, rotate.How(compromised=True, resume=begun))


def replace(site: Site, journal: Journal, update: Update) -> None:
    """Take every generated secret through its waves; what fails is left out of the next one."""
    plans: dict[str, list[Step]] = {}
    for key in keys(site):
        if not journal.done(secret_item(key)):
            with journal.trying(secret_item(key), then="begun"):
                plans[key] = _checked(site, journal, key)
    while wave := {key: left.pop(0) for key, left in plans.items() if left}:
        for key in wave.keys() - _take(site, journal, wave, update):
            del plans[key]
    for key in plans:
        with journal.trying(secret_item(key)):
            _refuse_old_value(site, journal, key)


def _checked(site: Site, journal: Journal, key: str) -> list[Step]:
    secret, known = site.settings.secrets[key], journal.items[secret_item(key)]
    found = held(site, secret)
    if not known.version:
        known.version, known.generation = found.plain.version, secret.generation
        known.revoked = list(secret.revoked)
        journal.save()
    left = plan(key, secret, known)
    if left[0].edit is not None and (wrong := list(disagreements(secret, found))):
        raise Stop(Exit.REFUSED, "; ".join(wrong))
    return left


def _take(site: Site, journal: Journal, wave: Mapping[str, Step], update: Update) -> set[str]:
    """One wave; the secrets that came through it."""
    before: dict[str, Held] = {}
    for key, step in wave.items():
        site.say(step.says)
        with journal.trying(secret_item(key), then="begun"):
            found = held(site, site.settings.secrets[key])
            if step.edit is not None:
                site.edit(step.edit)
            before[key] = found
    through: dict[str, datetime] = {}
    dropped = [
        urn for key, found in before.items() for urn in steps.seeds_to_drop(site, key, wave[key], found)
    ]

    def take() -> None:
        update.unprotect(dropped)
        update()

    if not before or not _together(journal, before, take):
        return set()
    for key, found in before.items():
        with journal.trying(secret_item(key), then="begun"):
            through[key] = steps.proven(site, key, wave[key], found).since
    # Every reader, and whoever else lost its sessions: a service that reads no secret too.
    everyone = known_readers(site.settings)
    if not through or not _together(
        journal, through, lambda: readers.restart(site, everyone, max(through.values()))
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


def _refuse_old_value(site: Site, journal: Journal, key: str) -> None:
    secret = site.settings.secrets[key]
    if held(site, secret).plain.version == journal.items[secret_item(key)].version:
        raise Stop(Exit.PARTLY, f"{secret.name} still has the version from before the incident")
    site.say(f"{key}: generation {secret.generation} is in force, nothing from before is", "green")
