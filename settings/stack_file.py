"""Reads ``Pulumi.<stack>.yaml`` without Pulumi, for operator commands and for comparing stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from settings.checks.examples import ACCOUNT_ID
from settings.errors import SettingsError
from settings.parse import VALUES, parse
from settings.schema.stack import Settings
from settings.yaml_text import Unreadable, mapping, parse_mapping

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
    return _parsed(path.name, _content(path))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(path.name.split(".")[1], [f"cannot be read: {error.strerror}"]) from None


def _parsed(name: str, data: bytes) -> dict[str, Any]:
    stack = name.split(".")[1]
    try:
        config = mapping(parse_mapping(data).get("config"))
    except Unreadable as error:
        raise SettingsError(stack, [str(error)]) from None
    found = {key.removeprefix(NAMESPACE): value for key, value in config.items() if key.startswith(NAMESPACE)}
    return {
        key: str(value) if isinstance(value, int | float) and key in TEXTS else value
        for key, value in found.items()
    }


def other_networks(stack: str, root: Path = ROOT) -> dict[str, IPv4Network]:
    """The address spaces of all other stacks, by stack file; only samples may have those of samples."""
    found: dict[str, IPv4Network] = {}
    path = root / f"Pulumi.{stack}.yaml"
    sample = not path.is_file() or _is_sample(_parsed_before(path.name, _content(path)))
    for name, raw in _others(stack, root):
        network = raw.get("network")
        if _is_sample(raw) and not sample:
            continue  # nothing is created from it
        if isinstance(network, dict):
            try:
                found[name] = IPv4Network(str(network.get("cidr")))
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


def _is_sample(raw: Mapping[str, Any]) -> bool:
    """Whether a stack file is for the example account, which no real deployment accepts."""
    return raw.get("accountId") == ACCOUNT_ID


def _others(stack: str, root: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and entries of every other stack file, parsed again only where its content is another."""
    for path in sorted(root.glob("Pulumi.*.yaml")):
        if path.name != f"Pulumi.{stack}.yaml":
            yield path.name, _parsed_before(path.name, _content(path))


_parsed_before = lru_cache(maxsize=32)(_parsed)


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
