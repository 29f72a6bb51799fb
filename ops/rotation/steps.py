"""One change of a secret is carried through whole: file, update, proof in the store, readers started anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from botocore.exceptions import ClientError

from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.core.session import sentence
from ops.core.stack_edit import with_number, with_revoked
from ops.core.stored_secret import Held, held, moved
from ops.core.updater import Update
from ops.rotation import readers, seeds
from ops.rotation.seeds import Drops


@dataclass(frozen=True)
class Step:
    """One line of the stack file, and the roll-out that follows; without an edit only the roll-out."""

    says: str
    edit: Callable[[str], str] | None = None
    new_value: bool = False
    """Whether the plain value must be another one afterwards."""
    drops: Drops | None = None
    """Which generations leave the ring: their seeds are protected until then."""


def promote(key: str, generation: int) -> Step:
    """Make a generation the current one."""
    edit = partial(with_number, secret=key, field="generation", value=generation)
    return Step(f"secrets.{key}.generation: {generation}", edit, new_value=True)


def revoke(key: str, generation: int) -> Step:
    """Never use a generation again."""
    edit = partial(with_revoked, secret=key, generation=generation)
    return Step(f"secrets.{key}.revoked: and {generation}", edit, drops="next")


def keep_from(key: str, generation: int) -> Step:
    """Keep no generation before this one."""
    edit = partial(with_number, secret=key, field="minGeneration", value=generation)
    return Step(f"secrets.{key}.minGeneration: {generation}", edit, drops="retired")


def again(key: str, drops: Drops | None = None) -> Step:
    """Finish what an earlier run began."""
    return Step(f"secrets.{key}: as the stack file declares it", drops=drops)


def seeds_to_drop(site: Site, key: str, step: Step, before: Held) -> list[str]:
    """The protected seeds that the step's update deletes, once the stack file is edited."""
    secret = site.settings.secrets[key]
    if step.drops is None or before.ring is None:
        return []
    return seeds.urns(site.stack, key, secret, seeds.leaving(secret, before.ring, step.drops))


def perform(site: Site, key: str, steps: Sequence[Step]) -> Held:
    """Take the steps one after the other; what the store holds in the end."""
    update, found = site.find_update(), held(site, site.settings.secrets[key])
    for step in steps:
        site.say(step.says)
        try:
            found = _take(site, key, step, found, update)
        except ClientError as error:
            raise Stop(Exit.UNREACHABLE, f"{sentence(error)}; then go on with --resume") from None
        except KeyboardInterrupt:
            raise Stop(Exit.INTERRUPTED, "interrupted: nothing is lost, go on with --resume") from None
    return found


def _take(site: Site, key: str, step: Step, before: Held, update: Update) -> Held:
    if step.edit is not None:
        site.edit(step.edit)
    update.unprotect(seeds_to_drop(site, key, step, before))
    update()
    after = proven(site, key, step, before)
    readers.restart(site, site.settings.secrets[key].readers, after.since)
    return after


def proven(site: Site, key: str, step: Step, before: Held) -> Held:
    """What the store holds after a step's update; :class:`Stop` where that is not what the step was for."""
    secret = site.settings.secrets[key]
    after = held(site, secret)
    problems = [*moved(secret, before, after)]
    if step.new_value and after.same_value(before):
        problems.append(f"{secret.name} has the same value as before")
    if problems:
        raise Stop(Exit.PARTLY, f"{'; '.join(problems)} (the readers were left alone; --resume)")
    return after
