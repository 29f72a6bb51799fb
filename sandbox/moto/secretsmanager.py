"""Secrets Manager's documented stage rules: one AWSCURRENT, and AWSPREVIOUS follows it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.moto import lambda_functions as lambdas
from sandbox.moto.hooks import Asked, Params, Refused, answers, now

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
VALUE_KEYS = {"SecretString": "secret_string", "SecretBinary": "secret_binary"}


def _not_found(what: str = "the specified secret.") -> Refused:
    return Refused("ResourceNotFoundException", f"Secrets Manager can't find {what}")


def _secret(asked: Asked, *, deleted: bool = False) -> Any:
    store = asked.backend.secrets
    if asked.params["SecretId"] not in store:
        raise _not_found()
    secret = store[asked.params["SecretId"]]
    if secret.is_deleted() and not deleted:
        raise Refused(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    return secret


def holder(secret: Any, stage: str) -> str | None:
    """The version that carries the label."""
    return next((v for v, version in secret.versions.items() if stage in version["version_stages"]), None)


def move(secret: Any, stage: str, to: str | None) -> None:
    """Put the label on one version only; AWSCURRENT leaves AWSPREVIOUS where it was."""
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
    """A new version, or the same one again for the same token and value."""
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


@answers("secretsmanager", "PutSecretValue")
def put_value(asked: Asked) -> Params:
    """A new version takes AWSCURRENT, or the labels it names."""
    secret = _secret(asked)
    token = add_version(secret, asked.params, list(asked.params.get("VersionStages") or [CURRENT]))
    stages = list(secret.versions[token]["version_stages"])
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": token, "VersionStages": stages}


@answers("secretsmanager", "UpdateSecret")
def update(asked: Asked) -> Params:
    """Description and key, and a new version if there is a value."""
    secret, params = _secret(asked), asked.params
    if params.get("Description") is not None:
        secret.description = params["Description"]
    if params.get("KmsKeyId"):
        secret.kms_key_id = params["KmsKeyId"]
    done = {"ARN": secret.arn, "Name": secret.name}
    if params.get("SecretString") is not None or params.get("SecretBinary") is not None:
        done["VersionId"] = add_version(secret, params, [CURRENT])
    secret.last_changed_date = now()
    return done


@answers("secretsmanager", "GetSecretValue")
def get_value(asked: Asked) -> Params:
    """By version, by label, or AWSCURRENT."""
    secret, params = _secret(asked), asked.params
    version_id, stage = params.get("VersionId"), params.get("VersionStage")
    if (
        version_id
        and stage
        and stage not in secret.versions.get(version_id, {}).get("version_stages", [stage])
    ):
        raise Refused(
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        )
    wanted = version_id or holder(secret, stage or CURRENT)
    version = secret.versions.get(wanted or "")
    if version is None or not any(kept in version for kept in VALUE_KEYS.values()):
        label = f"VersionId: {version_id}" if version_id else f"staging label: {stage or CURRENT}"
        raise _not_found(f"the specified secret value for {label}")
    values = {name: version[kept] for name, kept in VALUE_KEYS.items() if version.get(kept) is not None}
    return {
        "ARN": secret.arn,
        "Name": secret.name,
        "VersionId": wanted,
        "VersionStages": list(version["version_stages"]),
        "CreatedDate": version["createdate"],
        **values,
    }


@answers("secretsmanager", "BatchGetSecretValue")
def get_values(asked: Asked) -> Params:
    """Several at once, each with its own error."""
    names = list(asked.params.get("SecretIdList") or [])
    if not names:
        names = [secret.arn for secret in _listed(asked)]
    found: Params = {"SecretValues": [], "Errors": []}
    for name in names:
        one = Asked(asked.account, asked.region, {"SecretId": name}, asked.response)
        try:
            found["SecretValues"].append(get_value(one))
        except Refused as error:
            found["Errors"].append({"SecretId": name, "ErrorCode": error.code, "Message": str(error)})
    return found


def _listed(asked: Asked) -> list[Any]:
    from moto.secretsmanager.models import _matches

    filters = asked.params.get("Filters") or []
    seen = {id(secret): secret for secret in asked.backend.secrets.values()}
    return [secret for secret in seen.values() if _matches(secret, filters) and not secret.is_deleted()]


@answers("secretsmanager", "ListSecretVersionIds")
def list_versions(asked: Asked) -> Params:
    """Those with a label, or all."""
    secret = _secret(asked, deleted=True)
    everything = asked.params.get("IncludeDeprecated", False)
    versions = [
        {
            "VersionId": version_id,
            "VersionStages": list(version["version_stages"]),
            "CreatedDate": version["createdate"],
        }
        for version_id, version in secret.versions.items()
        if everything or version["version_stages"]
    ]
    return {"ARN": secret.arn, "Name": secret.name, "Versions": versions}


@answers("secretsmanager", "UpdateSecretVersionStage")
def update_stage(asked: Asked) -> Params:
    """A label moves, and must be named where it is taken from."""
    secret, params = _secret(asked), asked.params
    stage = params["VersionStage"]
    to, away = params.get("MoveToVersionId"), params.get("RemoveFromVersionId")
    held = holder(secret, stage)
    for version_id in filter(None, (to, away)):
        if version_id not in secret.versions:
            raise _not_found(f"the specified secret version: {version_id}")
    if away and away != held:
        raise Refused(
            "InvalidParameterException",
            f"The staging label {stage} is not attached to version {away}.",
        )
    if held and to != held and not away:
        raise Refused(
            "InvalidParameterException",
            f"The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached "
            f"to version {held}, so you must explicitly reference that version in RemoveFromVersionId.",
        )
    if stage == CURRENT and away and not to:
        raise Refused(
            "InvalidParameterException",
            "You can only move staging label AWSCURRENT to a different secret version. It can't be removed.",
        )
    move(secret, stage, to)
    secret.last_changed_date = now()
    return {"ARN": secret.arn, "Name": secret.name}


@answers("secretsmanager", "RotateSecret")
def rotate(asked: Asked) -> Params:
    """Declares a rotation and runs it, unless it is to wait."""
    secret, params = _secret(asked), asked.params
    function = params.get("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function:
        raise Refused(
            "InvalidRequestException", "No Lambda rotation function ARN is associated with this secret."
        )
    pending = holder(secret, PENDING)
    if pending and pending != holder(secret, CURRENT):
        raise Refused(
            "InvalidRequestException",
            "A previous rotation isn't complete. That rotation will be reattempted.",
        )
    rules = params.get("RotationRules") or {}
    days = rules.get("AutomaticallyAfterDays", 0)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function
    secret.auto_rotate_after_days = days or secret.auto_rotate_after_days
    secret.next_rotation_date = int(now()) + 86400 * int(secret.auto_rotate_after_days or 1)
    done = {"ARN": secret.arn, "Name": secret.name}
    if params.get("RotateImmediately", True) is False:
        return done
    token = params["ClientRequestToken"]
    secret.versions.setdefault(token, {"version_id": token, "createdate": now(), "version_stages": []})
    move(secret, PENDING, token)
    _run(asked, secret, function, token)
    return {**done, "VersionId": token}


def _run(asked: Asked, secret: Any, function: str, token: str) -> None:
    """The four steps one after the other; a step that fails leaves AWSPENDING where it is, as on AWS."""
    from moto.awslambda.utils import get_backend

    functions = get_backend(asked.account, asked.region)
    for step in STEPS:
        event = {"Step": step, "SecretId": secret.arn, "ClientRequestToken": token}
        ran = lambdas.invoke(functions, function, json.dumps(event))
        if ran.error:
            return
    if holder(secret, CURRENT) == token:
        secret.last_rotation_date = now()


def install() -> None:
    """Versions without a label are not part of what DescribeSecret answers."""
    from moto.secretsmanager.models import FakeSecret

    def labelled(self: Any) -> Params:
        return {v: list(x["version_stages"]) for v, x in self.versions.items() if x["version_stages"]}

    FakeSecret._form_version_ids_to_stages = labelled  # type: ignore[method-assign]
