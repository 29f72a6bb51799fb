"""Reads a stack's configuration as the Pulumi CLI passes it to a program: text by key, objects as JSON."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from settings.yaml_text import Unreadable, mapping, read_mapping

ROUNDS = 1_000_000
VALUES = "values"


class BadInput(Exception):
    """A wrong command line or stack file; exit code 2."""


@dataclass
class StackConfig:
    """The whole configuration of one stack."""

    project: str
    stack: str
    main: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    """Objects by full key (``strongroom:network``)."""
    secret_keys: set[str] = field(default_factory=set)

    def get(self, key: str, default: Any = None) -> Any:
        """A value of the project's own namespace; None where it is not set."""
        return self.values.get(f"{self.project}:{key}", default)

    def need(self, key: str) -> str:
        """A required text value of the project's own namespace."""
        value = self.get(key)
        if value in (None, "", {}):
            name = f"{self.project}:{key}"
            raise BadInput(f"Pulumi.{self.stack}.yaml: {name}: missing; every stack has one")
        return str(value)

    def of_package(self, package: str) -> dict[str, Any]:
        """The values of a provider's namespace, such as ``aws:region``, without it."""
        start = f"{package}:"
        return {key.removeprefix(start): value for key, value in self.values.items() if key.startswith(start)}

    def merged(self, overrides: Mapping[str, Any] | None) -> StackConfig:
        """Merge in ``overrides``: a key without a colon gets the project's namespace, None removes a key."""
        values = dict(self.values)
        for key, value in (overrides or {}).items():
            full = key if ":" in key else f"{self.project}:{key}"
            values[full] = merge(values.get(full), value)
            if values[full] is None:
                del values[full]
        return StackConfig(self.project, self.stack, self.main, values, set(self.secret_keys))

    def texts(self) -> dict[str, str]:
        """The configuration as the SDK reads it: text unchanged, everything else as JSON."""
        return {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in self.values.items()
        }


def merge(old: Any, new: Any) -> Any:
    """``new`` merged into ``old`` at every level; None removes a key."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    out = dict(old)
    for key, value in new.items():
        out[key] = merge(old.get(key), value)
        if out[key] is None:
            del out[key]
    return out


def read(root: Path, stack: str, config_file: Path | None = None) -> StackConfig:
    """Load the stack's configuration, with the defaults of Pulumi.yaml under it.

    ``config_file`` takes the place of ``Pulumi.<stack>.yaml``, as with the option of the Pulumi CLI.
    """
    project = _load(root / "Pulumi.yaml")
    path = config_file or root / f"Pulumi.{stack}.yaml"
    if config_file is not None and not path.is_file():
        raise BadInput(f"--config-file {config_file}: no such file; name a stack file")
    if not path.is_file():
        known = sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml"))
        raise BadInput(f"there is no stack {stack!r}: {root.name}/ has {', '.join(known) or 'no stack file'}")
    file = _load(path)
    name = project.get("name") or ""
    if not name:
        raise BadInput("Pulumi.yaml: name: missing")
    config = StackConfig(name, stack, str(project.get("main") or ""))
    for key, declared in (project.get("config") or {}).items():
        full = key if ":" in key else f"{name}:{key}"
        default = declared.get("default", declared.get("value")) if isinstance(declared, dict) else declared
        if default is not None:
            config.values[full] = default
    opener = _Opener(file)
    try:
        entries = mapping(file.get("config"))
    except Unreadable as error:
        raise BadInput(f"{path.name}: config: {error}") from None
    for key, value in entries.items():
        opened, secret = opener.open(value)
        config.values[key if ":" in key else f"{name}:{key}"] = opened
        if secret:
            config.secret_keys.add(key)
    return config


def _load(path: Path) -> dict[str, Any]:
    try:
        return read_mapping(path)
    except Unreadable as error:
        raise BadInput(f"{path.name}: {error}") from None


class _Opener:
    """Decrypts ``secure:`` values of a passphrase stack; without the passphrase it leaves them out."""

    def __init__(self, file: Mapping[str, Any]) -> None:
        self._salt, self._key = str(file.get("encryptionsalt") or ""), b""

    def open(self, value: Any) -> tuple[Any, bool]:
        """The value with every ``secure:`` part decrypted, and whether it had any."""
        if isinstance(value, dict):
            if set(value) == {"secure"}:
                return self._decrypt(str(value["secure"])), True
            opened = {key: self.open(item) for key, item in value.items()}
            kept = {key: item for key, (item, _) in opened.items() if item is not None}
            return kept, any(secret for _, secret in opened.values())
        if isinstance(value, list):
            items = [self.open(item) for item in value]
            return [item for item, _ in items], any(secret for _, secret in items)
        return value, False

    def _decrypt(self, text: str) -> str | None:
        passphrase = os.environ.get("PULUMI_CONFIG_PASSPHRASE")
        if not (passphrase and self._salt):
            return None  # samples.py fills in a sample
        if not self._key:
            salt = base64.b64decode(self._salt.split(":")[1])
            self._key = PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase.encode())
        _, nonce, sealed = text.split(":")
        try:
            return AESGCM(self._key).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
        except InvalidTag:
            raise BadInput("PULUMI_CONFIG_PASSPHRASE does not decrypt the stack file's secrets") from None
