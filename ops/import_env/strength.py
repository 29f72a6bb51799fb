"""Rejects placeholders, weak values and malformed values, without showing them."""

from __future__ import annotations

import math
import re
from collections import Counter

from encryption_keys import key_bytes
from settings import host_env
from settings.schema.secrets import KEY_KINDS, SecretSettings

LEAST_CHARACTERS = 20
LEAST_BITS = 60
MAX_KEY_BYTES = 4096
"""What one standard parameter holds."""
PLAIN = re.compile(f"{host_env.PLAIN}+")
CARRIED = re.compile(f"{host_env.QUOTABLE}+")

_PLACEHOLDER = re.compile(
    r"""(?ix) ^<.*>$ | ^\$\{?\w+\}?$ | ^\{\{.*\}\}$ | ^x{3,}$ | ^\*{3,}$ | ^\.{3,}$
    | your[-_ ]?.*[-_ ]?here | ^your[-_ ] | change[-_ ]?(me|this|it) | replace[-_ ]?(me|this|with)
    | ^(todo|tbd|fixme|none|null|example|dummy|placeholder|secret|password|test)$ | placeholder
    | sandbox-sample | insert[-_ ].*[-_ ]here"""
)
_WORDS = re.compile(
    r"password|passwort|passwd|secret|admin|letmein|welcome|qwerty|azerty|iloveyou|default|master|login"
    r"|dragon|monkey|football|abc123|changeit|django|postgres|root|user|test|token|key|0?123456789?0?",
    re.IGNORECASE,
)
_INSTEAD = {
    False: "get another value from where this one was issued",
    True: "let the stack generate one; a new key ends sessions, password-reset links and signed cookies",
}
"""The remedy where a Django key, or a value of another kind, cannot be imported."""
_PEM = re.compile(
    r"-----BEGIN (OPENSSH|RSA|EC) PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]+\n)+-----END \1 PRIVATE KEY-----\n?"
)


def problem(secret: SecretSettings, value: str, *, on_host: bool) -> str | None:
    """What is wrong with a value for this secret, without quoting it; None where nothing is."""
    if not value.strip():
        return "is empty"
    if secret.kind == "ssh-private-key":
        return _key_problem(value)
    if _PLACEHOLDER.search(value):
        return "is a placeholder"
    if secret.kind in KEY_KINDS:
        try:
            key_bytes(value)
        except ValueError as error:
            return str(error).removeprefix("key: ")
        return None
    if any(not character.isprintable() or character.isspace() for character in value):
        return "contains a space or a control character"
    if on_host and CARRIED.fullmatch(value) is None:
        return (
            "contains characters that .env cannot carry (letters, digits and ._~:/@%+=,-!#$^&*() only): "
            f"{_INSTEAD[secret.kind == 'django-key']}"
        )
    if secret.connection_url:
        return None if "://" in value and "@" in value else "is not a URL with a user"
    return _weakness(value)


def _weakness(value: str) -> str | None:
    if len(value) < LEAST_CHARACTERS:
        return f"is weak: {len(value)} characters, at least {LEAST_CHARACTERS} expected"
    # Common words count as one character.
    reduced = _WORDS.sub("w", value)
    if bits(reduced) < LEAST_BITS:
        return "is weak: common words, repetition or a sequence; generate one"
    return None


def bits(text: str) -> float:
    """Shannon entropy of the text in bits; a sequence of adjacent characters counts as one."""
    kept = [one for before, one in zip(" " + text, text, strict=False) if abs(ord(one) - ord(before)) > 1]
    size = len(kept)
    return -sum(count * math.log2(count / size) for count in Counter(kept).values()) if size else 0.0


def _key_problem(value: str) -> str | None:
    if len(value.encode()) > MAX_KEY_BYTES:
        return f"is larger than {MAX_KEY_BYTES} bytes, the maximum of a standard parameter"
    if _PEM.fullmatch(value) is None:
        return "is not a private key in PEM format (OPENSSH, RSA or EC)"
    return None
