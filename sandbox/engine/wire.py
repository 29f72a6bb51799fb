"""Converts values between plain Python and the messages of Pulumi's protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.sync_await import _sync_await

from sandbox.engine.model import Resource

SECRET = {rpc._special_sig_key: rpc._special_secret_sig}


def unwrap(properties: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """(plain values, names of those that are secret)."""
    secret = {key for key, value in properties.items() if rpc.is_rpc_secret(value)}
    return {key: rpc.unwrap_rpc_secret(value) for key, value in properties.items()}, secret


def to_program(resource: Resource) -> Any:
    """Outputs for the program; secret inputs and declared secret outputs stay secret."""
    shown = {}
    for key, value in resource.outputs.items():
        if key.startswith("__") or value is None or isinstance(value, Unknown):
            continue
        shown[key] = rpc.wrap_rpc_secret(value) if key in resource.hidden else value
    return _sync_await(rpc.serialize_properties(shown, {}))


def _plain(value: Any) -> Any:
    if isinstance(value, Unknown):
        return rpc.UNKNOWN
    if isinstance(value, dict):
        kept = {str(key): item for key, item in value.items() if not _is_asset(item)}
        return {key: _plain(item) for key, item in kept.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _is_asset(value: Any) -> bool:
    return isinstance(value, pulumi.Asset | pulumi.Archive)


def to_analyzer(values: Mapping[str, Any], secret: Iterable[str]) -> struct_pb2.Struct:
    """Values in the engine's form: unknowns as its sentinel, secrets in clear inside a marked object."""
    hidden = set(secret)
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if key.startswith("__") or _is_asset(value) or value is None:
            continue
        sent = _plain(value)
        struct[key] = {**SECRET, "value": sent} if key in hidden else sent
    return struct
