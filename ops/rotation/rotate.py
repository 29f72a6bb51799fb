"""A rotation happens only when no reader would be lost by it, or when the operator accepted that in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.core.stored_secret import Held, disagreements, held
from ops.rotation import database, readers, steps
from ops.rotation.steps import Step
from settings.schema.secrets import SecretSettings

OVERLAPPING = ("redis-url", "django-key")
"""Kinds without a ring whose previous generation stays in force until it is revoked or too old."""


@dataclass(frozen=True)
class How:
    """What the operator asked for."""

    write: bool = False
    compromised: bool = False
    accept_outage: bool = False
    resume: bool = False
    abort: bool = False


def rotate(site: Site, name: str, how: How) -> Exit:
    """Replace a secret's value, or say what that would take."""
    key, secret = site.secret(name)
    if how.resume and how.abort:
        raise Stop(Exit.BAD_INPUT, "--resume goes on and --abort goes back: choose one")
    if secret.rotated_by_function:
        return database.rotate(site, secret, write=how.write, resume=how.resume, abort=how.abort)
    if not secret.generated:
        raise Stop(Exit.BAD_INPUT, from_outside(site, key, secret))
    if how.abort:
        raise Stop(Exit.BAD_INPUT, f"{key}: generations only rise; go on with --resume")
    found = held(site, secret)
    plan = steps_of(key, secret, how)
    objections = list(_objections(site, secret, found, how))
    if how.write and objections:
        raise Stop(Exit.REFUSED, "\n".join(objections))
    if not how.write:
        return _dry(site, key, secret, plan, objections)
    after = steps.perform(site, key, plan)
    _tell(site, key, after, how)
    return Exit.DONE


def steps_of(key: str, secret: SecretSettings, how: How) -> list[Step]:
    """The steps that this rotation takes, or what an earlier run left of them."""
    now, following = secret.generation, secret.next_generation
    if not how.compromised:
        return [steps.again(key)] if how.resume else [steps.promote(key, following)]
    if secret.keyring is None:
        rest = [steps.revoke(key, now)] if secret.kind in OVERLAPPING else []
        if how.resume:
            rest = [steps.revoke(key, now - 1)] if rest and now > 1 and now - 1 not in secret.revoked else []
            return [steps.again(key), *rest]
        return [steps.promote(key, following), *rest]
    if not how.resume:
        return [steps.revoke(key, following), steps.promote(key, _after(secret, following))]
    if now + 1 in secret.revoked:
        return [steps.again(key, "next"), steps.promote(key, following)]
    if now - 1 in secret.revoked:
        return [steps.again(key, "next")]
    raise Stop(Exit.BAD_INPUT, f"{key}: the stack file shows no --compromised rotation to resume")


def outage(key: str, secret: SecretSettings) -> str | None:
    """What readers of today suffer from a rotation; None where it passes unnoticed."""
    simple = ", ".join(secret.one_key_readers)
    match secret.kind:
        case "aes-256-key" if simple:
            return (
                f"{key}: {simple} know one key: rows under the old key stay unreadable to them until "
                "`ops reencrypt --mode legacy` has run in a maintenance window"
            )
        case "hmac-key" if simple:
            return (
                f"{key}: {simple} know one key: calls between old and new are answered 401 until the last "
                "reader is new: minutes, in the roll-out"
            )
        case "jwt-hs256-key" if simple:
            return (
                f"{key}: {simple} know one key and answer 401 to every session that was signed before: "
                "people sign in again"
            )
        case "django-key":
            return (
                f"{key}: unless the application puts SECRET_KEY_PREVIOUS into SECRET_KEY_FALLBACKS, sessions "
                "and reset links signed before end: people sign in again"
            )
        case "password":
            return (
                f"{key}: logins fail from the moment the database has the new one until the readers have it"
            )
    return None


def _objections(site: Site, secret: SecretSettings, found: Held, how: How) -> Iterator[str]:
    key, _ = site.secret(secret.name)
    suffers = outage(key, secret)
    if suffers and not how.accept_outage:
        yield f"{suffers}; add --accept-outage to go on"
    if how.resume:
        return
    yield from disagreements(secret, found)
    # A leaked *next* is not promoted, so nobody needs to know it.
    if not (how.compromised and secret.keyring):
        for problem in readers.stale(site, secret, found.since):
            yield f"{problem}, the last version of {secret.name}: deploy it first, it may not know the next"


def _dry(site: Site, key: str, secret: SecretSettings, plan: list[Step], objections: list[str]) -> Exit:
    for step in plan:
        site.say(step.says, "yellow")
        site.say(f"  then update the stack, and start anew: {', '.join(secret.readers)}")
    for one in objections:
        site.say(f"would be refused: {one}", "red")
    site.say("dry run: nothing was changed; add --apply")
    site.screen.document(
        {"stack": site.stack, "secret": key, "steps": [one.says for one in plan], "refused": objections}
    )
    return Exit.REFUSED if objections else Exit.DONE


def _tell(site: Site, key: str, after: Held, how: How) -> None:
    secret = site.settings.secrets[key]
    kids = {one.generation: f"{one.kid} {one.status}" for one in after.ring.keys} if after.ring else {}
    for generation, shown in sorted(kids.items()):
        site.say(f"generation {generation}: kid {shown}")
    follows = _follows(site, key, secret) if how.compromised or secret.kind == "aes-256-key" else []
    site.say(f"{key}: generation {secret.generation} is in force, every reader is newer", "green")
    for line in follows:
        site.say(f"next: {line}", "yellow")
    site.screen.document(
        {
            "stack": site.stack,
            "secret": key,
            "generation": secret.generation,
            "version": after.plain.version,
            "ring": kids,
            "next": follows,
        }
    )


def _follows(site: Site, key: str, secret: SecretSettings) -> list[str]:
    stack = f"--stack {site.stack}"
    if secret.keyring is None:
        return []
    if secret.kind == "aes-256-key":
        run = f"ops reencrypt {stack} --secret {key}"
        return [
            f"{run} --apply",
            f"{run} --verify --apply (twice, at least 15 minutes apart)",
            f"ops retire {key} {stack} --apply (minGeneration {secret.generation})",
        ]
    return [f"ops retire {key} {stack} --apply: until then what the old key signed is accepted"]


def _after(secret: SecretSettings, leaked: int) -> int:
    return secret.model_copy(update={"revoked": (*secret.revoked, leaked)}).next_generation


def from_outside(site: Site, key: str, secret: SecretSettings) -> str:
    """How a value that somebody else issues is replaced."""
    how = f"ops import-env --stack {site.stack} --secret {key} - --apply"
    return (
        f"{key} is of kind {secret.kind}: its new value comes from whoever issues it. Make one there, hand "
        f"it to `{how}` on standard input, run `pulumi up -s {site.stack}`, then withdraw the old one"
    )
