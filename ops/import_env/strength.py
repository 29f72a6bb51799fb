"""Rejects placeholders, weak values and malformed values, without showing them."""

from __future__ import annotations

import re

from encryption_keys import key_bytes
from policies.secret_detection.weakness import is_placeholder, weakness
from settings import host_env
from settings.schema.secrets import KEY_KINDS, SecretSettings

MAX_KEY_BYTES = 4096
"""What one standard parameter holds."""
PLAIN = re.compile(f"{host_env.PLAIN}+")
CARRIED = re.compile(f"{host_env.QUOTABLE}+")

_SAMPLE = "sandbox-sample"
"""What the sandbox takes in place of a value that an operator supplies."""
_REFERENCE = re.compile(
    r"\$\{|`|\{\{|arn:aws|@Microsoft\.KeyVault"
    r"|(?:op|vault|ssm|secretsmanager|awssm|gcpsm|azkv|doppler|bws?|infisical|sops|env|file|ref\+\w+):/",
    re.IGNORECASE,
)
"""How tools refer to a secret elsewhere: a variable, a command, an ARN or the URL of a password manager."""
_COMMAND = re.compile(r"\$\(.*\)", re.DOTALL)
"""A command of a shell; a key of Django's may look like one that has no blank."""
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
    if is_placeholder(value) or _SAMPLE in value:
        return "is a placeholder"
    command = _COMMAND.fullmatch(value) and (secret.kind != "django-key" or " " in value)
    if command or _REFERENCE.match(value):
        return "refers to a value that is kept elsewhere; write the value itself"
    if not value.isascii():
        return "contains a character that is not ASCII, such as a curly quote; copy it again as plain text"
    if value.endswith((";", ",")):
        return f"ends with {value[-1]}, which is a separator and no part of the value; remove it"
    if secret.kind in KEY_KINDS:
        try:
            key_bytes(value)
        except ValueError as error:
            return str(error).removeprefix("key: ")
        return weakness(value)
    if any(not character.isprintable() or character.isspace() for character in value):
        return "contains a space or a control character"
    if on_host and CARRIED.fullmatch(value) is None:
        return (
            "contains characters that .env cannot carry (letters, digits and ._~:/@%+=,-!#$^&*() only): "
            f"{_INSTEAD[secret.kind == 'django-key']}"
        )
    if secret.connection_url:
        return weakness(value) if "://" in value and "@" in value else "is not a URL with a user"
    return weakness(value)


def _key_problem(value: str) -> str | None:
    if len(value.encode()) > MAX_KEY_BYTES:
        return f"is larger than {MAX_KEY_BYTES} bytes, the maximum of a standard parameter"
    if _PEM.fullmatch(value) is None:
        return "is not a private key in PEM format (OPENSSH, RSA or EC)"
    return None
