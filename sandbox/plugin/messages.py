"""Converts properties between plain values and the messages of the provider protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

from sandbox.provider.rows import Inputs

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSETS = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")


CONTENT = ("path", "text", "uri", "assets")


def read(struct: Any) -> Inputs:
    """A message's properties with secrets unwrapped and unknown values marked."""
    plain = _without_unknown_secrets(struct)
    return {key: rpc.unwrap_rpc_secret(value) for key, value in _marked(plain).items()}


def _without_unknown_secrets(struct: Any) -> Any:
    """The message with unknown values that are not marked secret: the SDK reads a secret unknown as None."""

    def simple(value: Any) -> Any:
        if isinstance(value, dict):
            is_secret = value.get(SIGNATURE) == SECRET and value.get("value") == rpc.UNKNOWN
            return rpc.UNKNOWN if is_secret else {key: simple(item) for key, item in value.items()}
        return [simple(item) for item in value] if isinstance(value, list) else value

    plain = struct_pb2.Struct()
    plain.update(simple(json_format.MessageToDict(struct)))
    return plain


def _marked(struct: Any) -> Inputs:
    """A message's properties with secrets still marked; an asset of a state is only its hash."""
    _ensure_event_loop()
    stored = {key for key, value in struct.fields.items() if _lacks_content(value.struct_value)}
    present = struct_pb2.Struct()
    present.CopyFrom(struct)
    for key in stored:
        del present.fields[key]
    hashes = {key: {"hash": struct.fields[key].struct_value.fields["hash"].string_value} for key in stored}
    return {**rpc.deserialize_properties(present, keep_unknowns=True), **hashes}


def _lacks_content(value: Any) -> bool:
    """Whether it is an asset or archive whose content, or that of a part of it, the engine left out."""
    if not _is_asset_message(value):
        return False
    parts = value.fields["assets"].struct_value.fields.values() if "assets" in value.fields else ()
    held = any(value.fields[key].WhichOneof("kind") for key in CONTENT if key in value.fields)
    return (
        not held
        or ("assets" in value.fields and not parts)
        or any(_lacks_content(part.struct_value) for part in parts)
    )


def _is_asset_message(value: Any) -> bool:
    return SIGNATURE in value.fields and value.fields[SIGNATURE].string_value in ASSETS


def secrets_in(*structs: Any) -> set[str]:
    """Top-level properties of the messages that are secret, or have a secret inside."""
    return {
        key for values in map(_marked, structs) for key, value in values.items() if rpc.is_rpc_secret(value)
    }


def write(values: Inputs, secret: Iterable[str] = (), assets: Any = None) -> Any:
    """A message with these properties: secrets marked, assets taken from the message ``assets``."""
    _ensure_event_loop()
    hidden = set(secret)
    kept = {
        # A secret that holds an unknown value would reach a policy pack as None.
        key: rpc.wrap_rpc_secret(value) if key in hidden and not isinstance(value, Unknown) else value
        for key, value in values.items()
        if value is not None and not is_asset(value) and not key.startswith("__")
    }
    message = _sync_await(rpc.serialize_properties(kept, {}))
    for key, value in (assets.fields if assets is not None else {}).items():
        if _is_asset_message(value.struct_value) and key in values:
            message.fields[key].CopyFrom(value)
    return message


def changed(message: Any, old: Inputs, new: Inputs, secret: Iterable[str] = ()) -> Any:
    """A copy of ``message``, which holds ``old``, with the difference to ``new``."""
    copy = struct_pb2.Struct()
    copy.CopyFrom(message)
    for key in old.keys() - new.keys():
        del copy.fields[key]
    differing = {key: value for key, value in new.items() if old.get(key) != value}
    copy.MergeFrom(write(differing, secret))
    return copy


def is_asset(value: Any) -> bool:
    """Whether the value is an asset or an archive."""
    return type(value).__module__.startswith("pulumi.asset")


def comparable(struct: Any) -> Inputs:
    """Properties for a comparison: archives by the engine's hash, so that old files need not exist."""

    def simple(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get(SIGNATURE) in ASSETS:
                return {"hash": value.get("hash")}
            if value.get(SIGNATURE) == SECRET:
                return simple(value.get("value"))
            return {key: simple(item) for key, item in value.items()}
        if isinstance(value, list):
            return [simple(item) for item in value]
        return Unknown() if value == rpc.UNKNOWN else value

    return {key: simple(value) for key, value in json_format.MessageToDict(struct).items()}
