"""Converts properties between plain values and the messages of the provider protocol."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

from sandbox.provider.rows import Inputs

SIGNATURE = "4dabf18193072939515e22adb298388d"
ASSETS = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")


def read(struct: Any) -> Inputs:
    """A message's properties with secrets unwrapped and unknown values marked."""
    _ensure_event_loop()
    found = rpc.deserialize_properties(struct, keep_unknowns=True)
    return {key: rpc.unwrap_rpc_secret(value) for key, value in found.items()}


def write(values: Inputs) -> Any:
    """A message with these properties, without assets."""
    _ensure_event_loop()
    kept = {key: value for key, value in values.items() if value is not None and not is_asset(value)}
    return _sync_await(rpc.serialize_properties(kept, {}))


def is_asset(value: Any) -> bool:
    """Whether the value is an asset or an archive."""
    return type(value).__module__.startswith("pulumi.asset")


def comparable(struct: Any) -> Inputs:
    """Properties for a comparison: archives by the engine's hash, so that old files need not exist."""

    def simple(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get(SIGNATURE) in ASSETS:
                return {"hash": value.get("hash")}
            return {key: simple(item) for key, item in value.items()}
        if isinstance(value, list):
            return [simple(item) for item in value]
        return Unknown() if value == rpc.UNKNOWN else value

    return {key: simple(value) for key, value in json_format.MessageToDict(struct).items()}
