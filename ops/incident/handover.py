"""Prints the end of a run: open items, commands for the operator, and who read which secret."""

from __future__ import annotations

from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.core.session import sentence
from ops.incident import external_secrets, sessions
from ops.incident.items import AGAIN, Items
from ops.operations import RecordStep
from ops.reads import report

LONGEST_SESSION = timedelta(hours=12)
"""The maximum session duration of a role, after which the deny policy has no effect."""


def hand_over(context: StackContext, items: Items, since: datetime) -> Exit:
    """Print open items, the next commands and the reads; return the exit code."""
    left, count = items.unfinished, len(items.names)
    for name, one in left.items():
        context.say(f"{name}: {one.why or one.state}", "yellow" if one.state == "operator" else "red")
    context.say(
        f"{context.stack}: {count - len(left)} of {count} done"
        + (f"; run {AGAIN} to continue" if left else ""),
        "red" if left else "green",
    )
    external_secrets.say_github(context)
    following = _next(context, items)
    for line in following:
        context.say(f"next: {line}")
    found = _reads(context, since)
    context.screen.document(
        {
            "stack": context.stack,
            "operation": items.operation.to_dict(),
            "started": items.started.isoformat(),
            "finished": items.record.finished or None,
            "items": {name: _shown(items.state(name)) for name in items.names},
            "github": external_secrets.github(context.settings),
            "next": following,
            "reads": None if found is None else [one.to_dict() for one in found],
        }
    )
    if left:
        return Exit.PARTLY
    return Exit.FINDING if any(one.problems for one in found or ()) else Exit.DONE


def _shown(item: RecordStep) -> dict[str, str]:
    return {"state": item.state, "why": item.why}


def _reads(context: StackContext, since: datetime) -> list[report.Group] | None:
    context.look_again()
    try:
        return report.show(context, since)
    except ClientError as error:
        later = f"ops reads --stack {context.stack} --since {since:%Y-%m-%dT%H:%M:%SZ}"
        context.say(f"the reads of secrets cannot be listed: {sentence(error)}; run `{later}` later", "red")
        return None


def _next(context: StackContext, items: Items) -> list[str]:
    stack, names = f"--stack {context.stack}", context.settings.secrets
    rows = [key for key, secret in names.items() if secret.kind == "aes-256-key"]
    rings = [key for key, secret in names.items() if secret.keyring and key not in rows]
    over = f"{items.started + LONGEST_SESSION:%Y-%m-%d %H:%M} UTC"
    return [
        *(f"ops reencrypt {stack} --secret {key} --apply, then ops retire {key}" for key in rows),
        *(
            f"ops retire {key} {stack} --apply: until then tokens that the old key signed are accepted"
            for key in rings
        ),
        *(
            f"sign out of role {role} once all is done: its sessions were not revoked"
            for role in sessions.own_role(context)
        ),
        f"after {over}: aws iam delete-role-policy --policy-name {sessions.POLICY} --role-name ROLE (each)",
        "review the findings of GuardDuty and IAM Access Analyzer, and remove access that is not needed",
    ]
