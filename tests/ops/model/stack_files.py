"""The stack file that every example begins with, and the settings in a checkout's file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from settings import Settings, read_stack_file
from settings.stack_file import NAMESPACE, ROOT

STACK = "staging"
SERVICES = ("api-gateway", "user")
ROWS_KEY = "entry-encryption-key"
SECRETS = (ROWS_KEY, "jwt-secret", "redis-url")
RINGS = SECRETS[:2]
_parsed: dict[str, Settings] = {}


def stack_file(root: Path) -> Path:
    return root / f"Pulumi.{STACK}.yaml"


def settings_of(root: Path) -> Settings:
    """The settings in the stack file below ``root``."""
    return cached_read_stack_file(STACK, root)


def cached_read_stack_file(stack: str, root: Path = ROOT) -> Settings:
    """:func:`settings.read_stack_file`, once for each text: thousands of commands read few texts."""
    text = (root / f"Pulumi.{stack}.yaml").read_text()
    if text not in _parsed:
        _parsed[text] = read_stack_file(stack, root)
    return _parsed[text]


@cache
def small_stack_file() -> str:
    """Staging with two services, and with a secret of each kind that an update generates."""
    content = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text())
    config = content["config"]
    platform, secrets = config[f"{NAMESPACE}platform"], config[f"{NAMESPACE}secrets"]
    platform["services"] = {name: platform["services"][name] for name in SERVICES}
    del platform["oneOffTasks"]
    config[f"{NAMESPACE}secrets"] = secrets = {name: secrets[name] for name in SECRETS}
    for secret in secrets.values():
        secret["readers"] = [one for one in secret["readers"] if one in (*SERVICES, "reencrypt")]
    known = [secret["env"] for secret in secrets.values()]
    for service in platform["services"].values():
        service["requiredEnv"] = [env for env in service["requiredEnv"] if env in known]
    secrets["jwt-secret"]["keyring"]["readers"] = ["api-gateway"]
    secrets[ROWS_KEY]["encryptedColumns"][1:] = []
    return yaml.safe_dump(content, sort_keys=False)
