"""Reads ``Pulumi.<stack>.yaml`` without Pulumi, for operator commands and for comparing stacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, ClassVar

import yaml

from settings.errors import SettingsError
from settings.parse import VALUES, parse
from settings.schema.stack import Settings

NAMESPACE = "strongroom:"
TEXTS = ("region", "accountId")
"""Settings that are plain text in the stack file; all others are objects."""
ROOT = Path(__file__).resolve().parent.parent


def read_stack_file(stack: str, root: Path = ROOT) -> Settings:
    """Read the settings of a stack from its file; example values are allowed, the caller checks the account.

    Raises :class:`SettingsError` with every error in the file, or when there is no such file.
    """
    path = root / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = ", ".join(stack_names(root))
        raise SettingsError(stack, [f"no such file in {root.name}/; choose one of: {known or 'none'}"])
    raw = raw_config(path)
    return parse(
        stack,
        raw,
        others=other_networks(stack, root),
        owners=other_owners(stack, root),
        examples_allowed=True,
        secure_paths=tuple(
            found for key, value in raw.items() if key != VALUES for found in _secure(key, value)
        ),
    )


def stack_names(root: Path = ROOT) -> list[str]:
    """The stacks that have a file."""
    return sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))


def raw_config(path: Path) -> dict[str, Any]:
    """The ``strongroom:`` entries of a stack file, as parsed YAML (secrets stay encrypted)."""
    return _raw(path.name, path.read_text())


def _raw(name: str, text: str) -> dict[str, Any]:
    try:
        document = load_yaml(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        raise SettingsError(name.split(".")[1], [f"{where}: invalid YAML; check the indentation"]) from None
    config = document.get("config") or {}
    found = {key.removeprefix(NAMESPACE): value for key, value in config.items() if key.startswith(NAMESPACE)}
    return {
        key: str(value) if isinstance(value, int) and key in TEXTS else value for key, value in found.items()
    }


# libyaml's, where PyYAML was built with it: ten times as fast, and a command reads every stack file.
_FastLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_FastLoader):
    """Loads ``no``, ``1:30`` and dates as text, as Pulumi's own parser does, which is not one of YAML 1.1."""

    yaml_implicit_resolvers: ClassVar = {}


for _tag, _pattern, _starts in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_starts))


def load_yaml(text: str) -> Any:
    """Parse a YAML text, with the types that Pulumi gives to scalars."""
    return yaml.load(text, Loader=Loader)


def other_networks(stack: str, root: Path = ROOT) -> dict[str, IPv4Network]:
    """The address spaces of all other stacks, by stack file."""
    found: dict[str, IPv4Network] = {}
    for name, raw in _others(stack, root):
        network = raw.get("network")
        if isinstance(network, dict):
            try:
                found[name] = IPv4Network(network.get("cidr", ""))
            except ValueError:
                continue  # an error of that stack, reported when it is read itself
    return found


def other_owners(stack: str, root: Path = ROOT) -> dict[str, str]:
    """The accounts in which other stacks create the account-wide resources, by stack file."""
    found: dict[str, str] = {}
    for name, raw in _others(stack, root):
        audit = raw.get("audit")
        if isinstance(audit, dict) and audit.get("accountWide") is True:
            found[name] = str(raw.get("accountId"))
    return found


def _others(stack: str, root: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and entries of every other stack file, parsed again only where its text is another."""
    for path in sorted(root.glob("Pulumi.*.yaml")):
        if path.name != f"Pulumi.{stack}.yaml":
            yield path.name, _read_before(path.name, path.read_text())


_read_before = lru_cache(maxsize=32)(_raw)


def _secure(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            yield path
        else:
            for key, inner in value.items():
                yield from _secure(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _secure(f"{path}[{index}]", inner)
