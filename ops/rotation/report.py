"""Prints what a rotation would do, or what it has done and the commands that follow."""

from __future__ import annotations

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.core.stored_secret import StoredSecret
from ops.operations import Record, as_dict
from ops.rotation.steps import Step
from settings.schema.secrets import SecretSettings


def dry(
    context: StackContext, key: str, secret: SecretSettings, plan: list[Step], objections: list[str]
) -> Exit:
    """Print the steps of a dry run, and why they would be refused."""
    for step in plan:
        context.say(step.says, "yellow")
        context.say(f"  then update the stack and restart {', '.join(secret.readers)}")
    for one in objections:
        context.say(f"would be refused: {one}", "red")
    context.say("dry run: nothing was changed; add --apply")
    context.screen.document(
        {"stack": context.stack, "secret": key, "steps": [one.says for one in plan], "refused": objections}
    )
    return Exit.REFUSED if objections else Exit.DONE


def rotated(context: StackContext, key: str, after: StoredSecret, record: Record) -> None:
    """Print the generations of the key ring, and the commands that follow."""
    secret, compromised = context.settings.secrets[key], bool(record.intent.get("compromised"))
    kids = {one.generation: f"{one.kid} {one.status}" for one in after.ring.keys} if after.ring else {}
    for generation, shown in sorted(kids.items()):
        context.say(f"generation {generation}: kid {shown}")
    follows = _follows(context, key, secret) if compromised or secret.kind == "aes-256-key" else []
    context.say(f"{key}: generation {secret.generation} is current, every reader is newer", "green")
    for line in follows:
        context.say(f"next: {line}", "yellow")
    context.screen.document(
        {
            "stack": context.stack,
            "secret": key,
            "generation": secret.generation,
            "version": after.plain.version,
            "ring": kids,
            "next": follows,
            "operation": as_dict(record),
        }
    )


def _follows(context: StackContext, key: str, secret: SecretSettings) -> list[str]:
    stack = f"--stack {context.stack}"
    if secret.keyring is None:
        return []
    if secret.kind == "aes-256-key":
        run = f"ops reencrypt {stack} --secret {key} --target TABLE:PRIMARY_KEY:COLUMN:OWNER_COLUMN"
        return [
            f"{run} --apply",
            f"{run} --verify --apply (twice, at least 15 minutes apart)",
            f"ops retire {key} {stack} --target ... --apply (minGeneration {secret.generation})",
        ]
    return [f"ops retire {key} {stack} --apply: until then tokens that the old key signed are accepted"]
