"""Reads the settings and operator-supplied secret values of the current stack from ``pulumi.Config``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config

from settings.errors import SettingsError, nearest
from settings.grants import entries
from settings.parse import VALUES, parse
from settings.schema.stack import Settings
from settings.stack_file import ROOT, TEXTS, other_networks, other_owners

SANDBOX = "STRONGROOM_SANDBOX"
"""Set only by the sandbox's process: allows example values, because no real account is used."""


class ConfigurationError(pulumi.RunError):
    """An error in the stack file, which Pulumi prints without a traceback."""


def in_sandbox() -> bool:
    """Whether the program runs in the sandbox."""
    return os.environ.get(SANDBOX) == "1"


def load(root: Path = ROOT) -> Settings:
    """The settings of the current stack; raises :class:`ConfigurationError` with every error."""
    stack, project = pulumi.get_stack(), pulumi.get_project()
    config = pulumi.Config(project)
    given = {
        key.removeprefix(f"{project}:"): value
        for key, value in {**pulumi.runtime.get_config_env(), **runtime_config.CONFIG.get()}.items()
        if key.startswith(f"{project}:")
    }
    try:
        return parse(
            stack,
            {key: _value(key, text) for key, text in given.items() if key != VALUES},
            others=other_networks(stack, root),
            owners=other_owners(stack, root),
            examples_allowed=in_sandbox(),
            secure_paths=tuple(
                key
                for key in given
                if key != VALUES and pulumi.runtime.is_config_secret(config.full_key(key))
            ),
        )
    except SettingsError as error:
        raise ConfigurationError(str(error)) from None


def operator_values(settings: Settings) -> dict[str, pulumi.Output[str]]:
    """Operator-supplied values by secret name, each a Pulumi secret; only the names are checked here."""
    config = pulumi.Config()
    text = pulumi.runtime.get_config(config.full_key(VALUES))
    names = tuple(json.loads(text)) if text else ()
    taken = {
        entry.store_name: entry.key for entry in entries(settings) if not entry.ring and entry.secret.supplied
    }
    by_key = {key: key for key in taken.values()}
    problems = [
        f"{VALUES}.{name}: no declared secret takes a value of this name"
        f"{nearest(name, tuple(by_key)) or '; remove it'}"
        for name in names
        if name not in by_key
    ]
    for key in by_key:
        secret = settings.secrets[key]
        if secret.required and key not in names:
            problems.append(
                f"{VALUES}.{key}: missing; add it with `ops import-env` (never on a command line)"
            )
    if problems:
        raise ConfigurationError(str(SettingsError(pulumi.get_stack(), problems)))
    if not names:
        return {}
    values = config.require_secret_object(VALUES)
    return {name: values.apply(lambda found, name=name: str(found[name])) for name in names}


def _value(key: str, text: str) -> Any:
    """Parse objects from JSON; plain settings stay text, so that an account id keeps its leading zeros."""
    if key in TEXTS:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
