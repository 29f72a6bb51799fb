"""RDS keeps the master's password and gives it a new value when asked: moto makes a version without one."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from sandbox.moto import secretsmanager as stages


def install() -> None:
    """Replace the one method."""
    from moto.rds.models import MasterUserSecret

    MasterUserSecret.rotate_secret = rotate  # type: ignore[method-assign]


def rotate(kept: Any) -> None:
    """A new password for the same user, in force at once."""
    user = json.loads(kept.secret.versions[kept.secret.default_version_id]["secret_string"])["username"]
    value = json.dumps({"username": user, "password": secrets.token_hex(20)})
    token = {"ClientRequestToken": str(uuid.uuid4()), "SecretString": value}
    stages.add_version(kept.secret, token, [stages.CURRENT])
