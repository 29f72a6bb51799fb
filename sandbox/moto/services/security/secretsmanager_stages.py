"""Secrets Manager: moves staging labels by AWS's rules: one AWSCURRENT, and AWSPREVIOUS follows it."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, now

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
VALUE_KEYS = {"SecretString": "secret_string", "SecretBinary": "secret_binary"}


def not_found(what: str = "the specified secret.") -> Refused:
    """The error for a secret or a version that does not exist."""
    return Refused("ResourceNotFoundException", f"Secrets Manager can't find {what}")


def secret_of(asked: Asked, *, deleted: bool = False) -> Any:
    """The secret that the request names; one marked for deletion only if ``deleted``."""
    store = asked.backend.secrets
    if asked.params["SecretId"] not in store:
        raise not_found()
    secret = store[asked.params["SecretId"]]
    if secret.is_deleted() and not deleted:
        raise Refused(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    return secret


def holder(secret: Any, stage: str) -> str | None:
    """The version that has the label."""
    return next((v for v, version in secret.versions.items() if stage in version["version_stages"]), None)


def move(secret: Any, stage: str, to: str | None) -> None:
    """Put the label on one version only; moving AWSCURRENT moves AWSPREVIOUS to the version it leaves."""
    came_from = holder(secret, stage)
    if came_from == to:
        return
    for version in secret.versions.values():
        if stage in version["version_stages"]:
            version["version_stages"].remove(stage)
    if to:
        secret.versions[to]["version_stages"].append(stage)
    if stage == CURRENT and to:
        if PREVIOUS in secret.versions[to]["version_stages"]:
            secret.versions[to]["version_stages"].remove(PREVIOUS)
        move(secret, PREVIOUS, came_from)
        secret.default_version_id = to


def _same(version: Params, params: Params) -> bool:
    return all(version.get(kept) == params.get(name) for name, kept in VALUE_KEYS.items())


def add_version(secret: Any, params: Params, stages: list[str]) -> str:
    """A new version; the existing one for the same token and value."""
    token = params["ClientRequestToken"]
    if not 32 <= len(token) <= 64:
        raise Refused("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.")
    known = secret.versions.get(token)
    if known and any(kept in known for kept in VALUE_KEYS.values()):
        if _same(known, params):
            return token
        raise Refused(
            "ResourceExistsException",
            f"You can't use ClientRequestToken {token} because that value is already in use for a version "
            f"of secret {secret.arn}.",
        )
    made = known or {"version_id": token, "createdate": now(), "version_stages": []}
    made |= {kept: params[name] for name, kept in VALUE_KEYS.items() if params.get(name) is not None}
    secret.versions[token] = made
    if not holder(secret, CURRENT) and CURRENT not in stages:
        stages = [*stages, CURRENT]
    for stage in stages:
        move(secret, stage, token)
    secret.last_changed_date = now()
    return token
