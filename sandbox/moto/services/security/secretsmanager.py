"""Secrets Manager: values, versions and staging labels, by the documented rules."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, answers, now
from sandbox.moto.services.security.secretsmanager_stages import (
    CURRENT,
    VALUE_KEYS,
    add_version,
    holder,
    move,
    not_found,
    secret_of,
)


@answers("secretsmanager", "PutSecretValue")
def put_value(asked: Asked) -> Params:
    """Add a version, which takes AWSCURRENT or the labels that the request names."""
    secret = secret_of(asked)
    token = add_version(secret, asked.params, list(asked.params.get("VersionStages") or [CURRENT]))
    stages = list(secret.versions[token]["version_stages"])
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": token, "VersionStages": stages}


@answers("secretsmanager", "UpdateSecret")
def update(asked: Asked) -> Params:
    """Update description and key, and add a version where there is a value."""
    secret, params = secret_of(asked), asked.params
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
    """Return a version by id, by label, or AWSCURRENT."""
    secret, params = secret_of(asked), asked.params
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
        raise not_found(f"the specified secret value for {label}")
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
    """Return several values, each with its own error."""
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
    """Return the versions with a label, or all."""
    secret = secret_of(asked, deleted=True)
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
    """Move a label, which must be named where it is removed from."""
    secret, params = secret_of(asked), asked.params
    stage = params["VersionStage"]
    to, away = params.get("MoveToVersionId"), params.get("RemoveFromVersionId")
    held = holder(secret, stage)
    for version_id in filter(None, (to, away)):
        if version_id not in secret.versions:
            raise not_found(f"the specified secret version: {version_id}")
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


def install() -> None:
    """Leave versions without a label out of DescribeSecret."""
    from moto.secretsmanager.models import FakeSecret

    def labelled(self: Any) -> Params:
        return {v: list(x["version_stages"]) for v, x in self.versions.items() if x["version_stages"]}

    FakeSecret._form_version_ids_to_stages = labelled  # type: ignore[method-assign]
