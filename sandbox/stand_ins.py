"""Creates values that only something outside the sandbox would create, and reports each."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any

from sandbox import samples
from sandbox.config import StackConfig
from sandbox.moto import lambda_runtime

if TYPE_CHECKING:
    from sandbox.sandbox import Sandbox

ALPHABET = string.ascii_letters + string.digits
PASSWORD_CHARS = 40
DATABASE_PORT = 5432


def state_bucket(sandbox: Sandbox, config: StackConfig) -> list[str]:
    """Create the state bucket, which holds operation records, where it is missing; return a line for it."""
    settings = samples.settings_of(config, sandbox.root)
    if settings is None:
        return []
    s3, name = sandbox.client("s3"), settings.names.state_bucket
    if name not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
        # S3 rejects us-east-1 as a location constraint.
        place = {"CreateBucketConfiguration": {"LocationConstraint": sandbox.region}}
        s3.create_bucket(Bucket=name, **({} if sandbox.region == "us-east-1" else place))
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return [f"{name}: an empty state bucket, as `ops bootstrap` makes it; the state itself is not in it"]


def put(sandbox: Sandbox, config: StackConfig) -> list[str]:
    """Fill what is empty after ``up``; return one line each."""
    said = [
        f"{used} is the sandbox's own: no PostgreSQL server was used" for used in sorted(lambda_runtime.USED)
    ]
    settings = samples.settings_of(config, sandbox.root)
    if settings and settings.host:
        said.append(f"{settings.names.host_name}: reports that no part is missing: no instance boots here")
    for secret in settings.secrets.values() if settings else ():
        if secret.rotated_by_function and _empty(sandbox, secret.name):
            assert settings is not None
            _put_url(sandbox, settings, secret.name)
            said.append(
                f"{secret.name}: a sample URL: no rotation has created one, and no database accepts it"
            )
    return said


def _empty(sandbox: Sandbox, name: str) -> bool:
    """Whether the secret exists and has no current value."""
    store = sandbox.client("secretsmanager")
    try:
        stages = store.describe_secret(SecretId=name).get("VersionIdsToStages") or {}
    except store.exceptions.ResourceNotFoundException:
        return False
    return not any("AWSCURRENT" in labels for labels in stages.values())


def _put_url(sandbox: Sandbox, settings: Any, name: str) -> None:
    instances = sandbox.client("rds").describe_db_instances()["DBInstances"]
    host = instances[0]["Endpoint"]["Address"] if instances else "database.invalid"
    user = f"{settings.application.name.replace('-', '_')}_a"
    password = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_CHARS))
    url = f"postgresql://{user}:{password}@{host}:{DATABASE_PORT}/{settings.database.name}?sslmode=require"
    sandbox.client("secretsmanager").put_secret_value(SecretId=name, SecretString=url)
