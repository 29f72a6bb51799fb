"""Creates the random provider's values; the SDK marks which outputs are secret."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from typing import Any

from sandbox.provider.calls import SandboxError

SECRET = {"RandomPassword": {"result", "bcryptHash"}, "RandomBytes": {"base64", "hex"}}
"""Outputs that are always secret, by the last word of the type."""
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


def create(token: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """(id, outputs) of a new random resource, with the ids that the real provider gives."""
    kind = token.rpartition(":")[2]
    match kind:
        case "RandomPassword":
            return "none", {**inputs, "result": _text(inputs)}
        case "RandomString":
            text = _text(inputs)
            return text, {**inputs, "result": text}
        case "RandomBytes":
            raw = secrets.token_bytes(int(inputs["length"]))
            encoded = base64.b64encode(raw).decode()
            return encoded, {**inputs, "base64": encoded, "hex": raw.hex()}
        case "RandomId":
            return _id(inputs)
        case "RandomUuid":
            value = str(uuid.uuid4())
            return value, {**inputs, "result": value}
        case "RandomInteger":
            number = int(inputs["min"]) + secrets.randbelow(int(inputs["max"]) - int(inputs["min"]) + 1)
            return str(number), {**inputs, "result": number}
    raise SandboxError(f"{token}: the sandbox does not implement this random value")


def _text(inputs: dict[str, Any]) -> str:
    numeric = inputs.get("numeric", inputs.get("number", True))
    groups = [
        (string.ascii_lowercase, inputs.get("lower", True), inputs.get("minLower", 0)),
        (string.ascii_uppercase, inputs.get("upper", True), inputs.get("minUpper", 0)),
        (string.digits, numeric, inputs.get("minNumeric", 0)),
        (inputs.get("overrideSpecial") or SPECIAL, inputs.get("special", True), inputs.get("minSpecial", 0)),
    ]
    chosen = [secrets.choice(group) for group, on, least in groups if on for _ in range(int(least))]
    pool = "".join(group for group, on, _ in groups if on)
    chosen += [secrets.choice(pool) for _ in range(int(inputs["length"]) - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def _id(inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    raw = secrets.token_bytes(int(inputs["byteLength"]))
    prefix = inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    forms = {
        "hex": raw.hex(),
        "b64Std": base64.b64encode(raw).decode(),
        "b64Url": url,
        "dec": str(int.from_bytes(raw, "big")),
    }
    return url, {**inputs, **{key: prefix + value for key, value in forms.items()}}
