"""Rotates a generated secret under an operation record, unless a reader would be interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.stored_generations import other_numbers
from ops.core.stored_secret import StoredSecret, disagreements, fingerprints, held
from ops.core.updater import Update
from ops.operations import Operation, other_open, resumable, to_resume
from ops.rotation import commit, database, readers, report, steps
from ops.rotation.steps import Step
from settings.schema.secrets import SecretSettings

OVERLAPPING = ("redis-url", "django-key")
"""Kinds without a ring whose previous generation stays in force until it is revoked or too old."""


@dataclass(frozen=True)
class How:
    """The options of the command."""

    write: bool = False
    compromised: bool = False
    accept_outage: bool = False
    resume: bool = False
    abort: bool = False
    commit: bool = False
    """Whether to commit the stack file at the end."""


def rotate(context: StackContext, name: str, how: How) -> Exit:
    """Replace a secret's value, or print what that would change."""
    key, secret = context.secret(name)
    if how.resume and how.abort:
        raise Stop(Exit.BAD_INPUT, "--resume continues and --abort undoes: give one of them")
    if secret.rotated_by_function:
        return database.rotate(context, key, write=how.write, resume=how.resume, abort=how.abort)
    if not secret.generated:
        raise Stop(Exit.BAD_INPUT, from_outside(context, key, secret))
    if how.abort:
        raise Stop(Exit.BAD_INPUT, f"{key}: generations only rise; continue with --resume")
    if how.resume:
        return _resume(context, key, how)
    context.reread()  # a command in the same checkout may have ended since
    secret = context.settings.secrets[key]
    found = held(context, secret)
    plan = steps_of(key, secret, compromised=how.compromised)
    objections = list(_objections(context, key, secret, found, how))
    if not how.write:
        return report.dry(context, key, secret, plan, objections)
    if objections:
        raise Stop(Exit.REFUSED, "\n".join(objections))
    update = context.find_update()
    with resumable():
        operation = Operation.begin(
            context,
            "rotate",
            key,
            intent={"compromised": how.compromised, "steps": steps.intended(plan)},
            before=fingerprints(secret, found),
        )
        return _carry_through(operation, key, how, update)


def _resume(context: StackContext, key: str, how: How) -> Exit:
    """Take the open steps of the operation record; other options have no effect."""
    record = to_resume(context, "rotate", key)
    if not how.write:
        left = [step for step in steps.planned(record) if not record.done(step.says)]
        return report.dry(context, key, context.settings.secrets[key], left, [])
    update = context.find_update()
    with resumable():
        return _carry_through(Operation.resume(context, "rotate", key), key, how, update)


def _carry_through(operation: Operation, key: str, how: How, update: Update) -> Exit:
    steps.refuse_other_start(operation, key)
    after = steps.perform(operation, key, update)
    context = operation.context
    generation = context.settings.secrets[key].generation
    commit.stack_file(
        context, f"Rotate {key} of {context.stack} to generation {generation}", write=how.commit
    )
    operation.finish()
    report.rotated(context, key, after, operation.record)
    return Exit.DONE


def steps_of(key: str, secret: SecretSettings, *, compromised: bool) -> list[Step]:
    """The steps of a rotation, with absolute numbers, so that a later run can repeat them."""
    now, following = secret.generation, secret.next_generation
    if not compromised:
        return [steps.promote(key, following)]
    if secret.keyring is None:
        rest = [steps.revoke(key, now)] if secret.kind in OVERLAPPING else []
        return [steps.promote(key, following), *rest]
    # The leaked key ring contains the next generation too: it is skipped.
    return [steps.revoke(key, following), steps.promote(key, _after(secret, following))]


def outage(key: str, secret: SecretSettings) -> str | None:
    """How a rotation interrupts the current readers; None where it does not."""
    simple = ", ".join(secret.one_key_readers)
    match secret.kind:
        case "aes-256-key" if simple:
            return (
                f"{key}: {simple} know one key: they cannot read rows under the old key until "
                "`ops reencrypt --mode legacy` has run in a maintenance window"
            )
        case "hmac-key" if simple:
            return (
                f"{key}: {simple} know one key: calls between old and new tasks fail with 401 until the last "
                "reader is deployed, for minutes"
            )
        case "jwt-hs256-key" if simple:
            return (
                f"{key}: {simple} know one key and answer 401 to every session that was signed before: "
                "users sign in again"
            )
        case "django-key":
            return (
                f"{key}: unless the application puts SECRET_KEY_PREVIOUS into SECRET_KEY_FALLBACKS, sessions "
                "and reset links signed before end: users sign in again"
            )
        case "password":
            return (
                f"{key}: logins fail from the moment the database has the new one until the readers have it"
            )
    return None


def _objections(
    context: StackContext, key: str, secret: SecretSettings, found: StoredSecret, how: How
) -> Iterator[str]:
    if busy := other_open(context):
        yield busy
    suffers = outage(key, secret)
    if suffers and not how.accept_outage:
        yield f"{suffers}; add --accept-outage to continue"
    yield from disagreements(secret, found)
    yield from other_numbers(context.aws, secret)
    # A leaked next generation is not promoted, so readers need not know it.
    if not (how.compromised and secret.keyring):
        for problem in readers.stale(context, secret, found.since):
            yield f"{problem}, the last version of {secret.name}: deploy it first: it may lack the next key"


def _after(secret: SecretSettings, leaked: int) -> int:
    return secret.model_copy(update={"revoked": (*secret.revoked, leaked)}).next_generation


def from_outside(context: StackContext, key: str, secret: SecretSettings) -> str:
    """How to replace a value that a third party issues."""
    how = f"ops import-env --stack {context.stack} --secret {key} - --apply"
    return (
        f"{key} is of kind {secret.kind}: its new value comes from its issuer. Create it there, pass "
        f"it to `{how}` on standard input, run `pulumi up -s {context.stack}`, then revoke the old one"
    )
