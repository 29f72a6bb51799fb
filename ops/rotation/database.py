"""The database's URL is rotated by its own function; what is stuck half-way is finished or taken back."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from ops.core.context import Site
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import CURRENT, current_since
from ops.rotation import readers
from settings.schema.secrets import SecretSettings

PENDING = "AWSPENDING"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_SAFE_ERRORS = ("RotationRefused",)
"""Of which the function's own message is known to hold no value."""


def rotate(site: Site, secret: SecretSettings, *, write: bool, resume: bool, abort: bool) -> Exit:
    """Rotate now, or deal with a rotation that got stuck."""
    stages = staged(site, secret.name)
    current, pending = stages.get(CURRENT), stages.get(PENDING)
    stuck = pending is not None and pending != current
    if (resume or abort) and pending is None:
        raise Stop(Exit.BAD_INPUT, f"{secret.name}: no version is {PENDING}, so nothing is stuck")
    if stuck and not (resume or abort):
        raise Stop(
            Exit.REFUSED,
            f"{secret.name}: version {_short(pending)} is {PENDING}: a rotation runs or is stuck; wait a few "
            "minutes, then --resume or --abort",
        )
    if not (stuck or resume or abort):
        _refuse_old_readers(site, secret)
    if not write:
        what = "go on with" if resume else "take back" if abort else "start"
        site.say(f"would {what} the rotation of {secret.name}; add --apply", "yellow")
        site.screen.document({"stack": site.stack, "secret": secret.name, "applied": False})
        return Exit.DONE
    if abort:
        return _abort(site, secret, pending or "", stuck=stuck)
    renew(site, secret, pending=pending if resume else None)
    return _done(site, secret)


def renew(site: Site, secret: SecretSettings, *, pending: str | None) -> None:
    """One rotation, or the rest of the one that left ``pending`` behind; then the readers."""
    if pending is None:
        _start(site, secret)
    else:
        _finish(site, secret, pending)
    readers.restart(site, secret.readers, created(site, secret.name))


def half_way(site: Site, name: str) -> str | None:
    """The version that a rotation under way, or one that stopped half-way, has not put in force yet."""
    stages = staged(site, name)
    pending = stages.get(PENDING)
    return None if pending == stages.get(CURRENT) else pending


def staged(site: Site, name: str) -> dict[str, str]:
    """Which version carries which label."""
    found = site.estate.client("secretsmanager").describe_secret(SecretId=name)
    versions = found.get("VersionIdsToStages") or {}
    return {label: version for version, labels in versions.items() for label in labels}


def created(site: Site, name: str) -> datetime:
    """When the current version was made."""
    found = site.estate.client("secretsmanager").list_secret_version_ids(SecretId=name)
    since = current_since(found["Versions"])
    if since is None:
        raise Stop(Exit.REFUSED, f"{name} has no {CURRENT}")
    return since


def _refuse_old_readers(site: Site, secret: SecretSettings) -> None:
    """The function will change the login that tasks from before the last rotation still use."""
    old = readers.stale(site, secret, created(site, secret.name))
    if old:
        raise Stop(
            Exit.REFUSED,
            "\n".join(f"{one}: its login is the one that would change; deploy it first" for one in old),
        )


def _start(site: Site, secret: SecretSettings) -> None:
    token = str(uuid.uuid4())
    site.estate.client("secretsmanager").rotate_secret(SecretId=secret.name, ClientRequestToken=token)
    site.say(f"{secret.name}: rotation to version {_short(token)} started")
    _wait(site, secret, token)


def _wait(site: Site, secret: SecretSettings, token: str) -> None:
    def current() -> bool:
        stages = staged(site, secret.name)
        return stages.get(CURRENT) == token and PENDING not in stages

    if not site.clock.until(site.clock.rotation_s, current):
        log = f"/aws/lambda/{site.estate.names.part('rotate')}"
        raise Stop(
            Exit.PARTLY,
            f"{secret.name}: version {_short(token)} is not {CURRENT} yet; the log {log} says which step "
            "failed; then --resume or --abort",
        )


def _finish(site: Site, secret: SecretSettings, pending: str) -> None:
    """Take every step once more: each finds out by itself what is done already."""
    store, functions = site.estate.client("secretsmanager"), site.estate.client("lambda")
    known = store.describe_secret(SecretId=secret.name)
    for step in STEPS:
        event = {"Step": step, "SecretId": known["ARN"], "ClientRequestToken": pending}
        answer = functions.invoke(FunctionName=known["RotationLambdaARN"], Payload=json.dumps(event))
        if answer.get("FunctionError"):
            raise Stop(
                Exit.PARTLY, f"{secret.name}: {step} {_why(answer)}; mend that, then --resume or --abort"
            )
        site.say(f"{secret.name}: {step} done")
    _wait(site, secret, pending)


def _why(answer: dict[str, Any]) -> str:
    try:
        body = json.loads(answer["Payload"].read())
    except ValueError:
        body = {}
    kind = str(body.get("errorType", "unknown"))
    said = f": {body.get('errorMessage')}" if kind in _SAFE_ERRORS else ""
    return f"failed with {kind}{said}"


def _abort(site: Site, secret: SecretSettings, pending: str, *, stuck: bool) -> Exit:
    """Take the label away. The login in force was not touched: a rotation changes the other one."""
    if not stuck:
        raise Stop(
            Exit.REFUSED,
            f"{secret.name}: version {_short(pending)} is {CURRENT} already; finish it: --resume",
        )
    site.estate.client("secretsmanager").update_secret_version_stage(
        SecretId=secret.name, VersionStage=PENDING, RemoveFromVersionId=pending
    )
    site.say(f"{secret.name}: version {_short(pending)} is dropped; the value in force is the one before")
    return _done(site, secret)


def _done(site: Site, secret: SecretSettings) -> Exit:
    version = staged(site, secret.name).get(CURRENT)
    site.say(f"{secret.name}: version {_short(version)} is in force", "green")
    site.screen.document(
        {"stack": site.stack, "secret": secret.name, "applied": True, "version": version, "pending": None}
    )
    return Exit.DONE


def _short(version: str | None) -> str:
    return (version or "none")[:8]
