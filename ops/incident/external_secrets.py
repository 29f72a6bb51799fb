"""Lists secrets that the operator has to replace; one is done once the store has another value."""

from __future__ import annotations

from ops.core.context import StackContext
from ops.core.stored_secret import fingerprints, held, same_value
from ops.incident.items import ForOperator, Items, secret_item
from ops.rotation import readers
from ops.rotation.rotate import from_outside
from settings import Settings

GITHUB_SECRETS = ("DOCKERHUB_TOKEN",)
"""The secrets stored at GitHub, for an application on a host only."""


def keys(settings: Settings) -> list[str]:
    """The keys of the secrets that third parties issue."""
    return [key for key, secret in settings.secrets.items() if secret.supplied and not secret.generated]


def look(context: StackContext, items: Items) -> None:
    """Restart the readers of secrets that the operator has replaced; mark the others as open."""
    for key in keys(context.settings):
        if not items.done(secret_item(key)):
            with items.trying(secret_item(key)):
                _renewed(context, items, key)


def _renewed(context: StackContext, items: Items, key: str) -> None:
    secret, before = context.settings.secrets[key], items.record.before
    found = held(context, secret)
    if secret.name not in before:
        before.update(fingerprints(secret, found))
    if same_value(secret, before, found):
        raise ForOperator(from_outside(context, key, secret))
    readers.restart(context, secret.readers, found.since)
    context.say(f"{key}: replaced since the incident began, readers restarted", "green")


def github(settings: Settings) -> list[str]:
    """The commands that replace secrets at GitHub; each prompts for the value."""
    delivery = settings.delivery
    if delivery is None or settings.host is None:
        return []
    where = f"--repo {delivery.owner}/{delivery.repository} --env {delivery.environment}"
    return [f"gh secret set {name} {where}" for name in GITHUB_SECRETS]


def say_github(context: StackContext) -> None:
    """Print the commands that replace secrets at GitHub."""
    commands = github(context.settings)
    for command in commands:
        context.say(f"GitHub: {command}", "yellow")
    if not commands:
        context.say("GitHub stores no secret of this stack")
