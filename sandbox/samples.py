"""Creates marked samples of the values that an operator supplies, so that a stack needs none."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.config import VALUES, StackConfig
from settings.errors import SettingsError
from settings.parse import parse
from settings.policy_config import pack_config
from settings.schema.secrets import KEY_KINDS
from settings.schema.stack import Settings
from settings.stack_file import NAMESPACE, other_networks, other_owners

FILE = Path(__file__).with_name("samples.env")
PEM = "-----BEGIN OPENSSH {0} KEY-----\n{1}\n-----END OPENSSH {0} KEY-----\n"


def settings_of(config: StackConfig, root: Path) -> Settings | None:
    """The stack's settings; None where the program has none, or where its own run will report the error."""
    try:
        return _parsed(config, root)
    except SettingsError:
        return None


def _parsed(config: StackConfig, root: Path) -> Settings:
    prefix = f"{config.project}:"
    raw = {key.removeprefix(prefix): value for key, value in config.values.items() if key.startswith(prefix)}
    raw.pop(VALUES, None)
    return parse(
        config.stack,
        raw,
        others=other_networks(config.stack, root),
        owners=other_owners(config.stack, root),
        examples_allowed=True,
    )


def check(config: StackConfig, root: Path) -> None:
    """Raise ``SettingsError`` with every error in the stack file, before the program is run."""
    if config.project == NAMESPACE.rstrip(":"):
        _parsed(config, root)


def _wanted(settings: Settings) -> Iterator[tuple[str, str]]:
    """(short name, kind) of every secret whose value an operator supplies."""
    for key, secret in settings.secrets.items():
        if secret.supplied:
            yield key, secret.kind


def fill(config: StackConfig, root: Path) -> tuple[StackConfig, list[str]]:
    """The configuration with a sample for every missing value, and one line about each."""
    settings = settings_of(config, root)
    if settings is None:
        return config, []
    given = dict(config.get(VALUES) or {})
    missing = [(key, kind) for key, kind in _wanted(settings) if not given.get(key)]
    if not missing and not given:
        return config, []
    filled = config.merged({VALUES: {key: sample(key, kind) for key, kind in missing}}) if missing else config
    filled.secret_keys.add(f"{config.project}:{VALUES}")
    return filled, [f"{VALUES}.{key}: a marked sample in place of the operator's value" for key, _ in missing]


def sample(name: str, kind: str) -> str:
    """A sample of the right format; equal for equal names, so that a second run changes nothing."""
    if kind in KEY_KINDS:
        return base64.b64encode(_bytes(name)).decode()
    if kind == "ssh-private-key":
        # Assembled here: secret scanners would report the whole text.
        return PEM.format("PRIVATE", base64.b64encode(_bytes(name) * 3).decode())
    if kind in ("password", "django-key"):
        return base64.b32encode(_bytes(name) * 2).decode().rstrip("=")[:64]
    lines = (line.split("=", 1) for line in FILE.read_text().splitlines() if line[:1] not in ("", "#"))
    return dict(lines).get(kind, f"sandbox-sample-{name}")


def _bytes(name: str) -> bytes:
    return hashlib.sha256(f"strongroom sandbox sample {name}".encode()).digest()


def policy_config(root: Path, config: StackConfig) -> dict[str, Any]:
    """The policy pack's configuration: the stack's own file, or what its settings generate."""
    path = root / "policies" / "config" / f"{config.stack}.json"
    if path.is_file():
        return json.loads(path.read_text())
    settings = settings_of(config, root)
    return pack_config(settings) if settings else {}
