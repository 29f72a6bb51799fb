"""Decides by the name of a variable or option whether its value is a credential."""

from __future__ import annotations

import re

_ENDINGS = ("PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN")
"""A word of a name that ends so, as in ``PGPASSWORD`` or ``CLIENTSECRET``."""
_WORDS = frozenset({"PWD", "PASS", "CREDENTIAL", "CREDENTIALS", "CREDS", "REQUIREPASS", "MASTERAUTH"})
_PASSWORD = re.compile(r"PASS|PWD|SECRET")
_KEY = re.compile(
    r"(?:^|_)(?:API|ACCESS|PRIVATE|ENCRYPTION|SIGNING|SSH|SECRET|JWT|APP|AUTH|MASTER|HMAC|SESSION|COOKIE|LICENSE"
    r"|DEPLOY|WEBHOOK|SHARED|ACCOUNT|SERVICE)_?KEY(?:_|$)"
)
_WHOLE = re.compile(r"(?:DATABASE_URL|REDIS_URL|CONNECTION_STRING|(?<!SENTRY_)DSN|BASIC_AUTH)$")
"""Sentry's DSN is public by design: it is in every page that reports errors."""
# A name with one of these endings says something about a credential, and does not hold one.
_ABOUT = re.compile(
    r"_(?:ARNS?|IDS?|NAMES?|PATH|FILE|DIR|TTL|LENGTH|VERSION|GENERATION|REGION|COUNT|DAYS|ENABLED|DISABLED|ISSUER"
    r"|TYPE|LIFETIME|HEADER|HASHERS?|AUDIENCE|ALG|ALGORITHM|EXPIRY|EXPIRES|EXPIRATION|EXPIRES?_IN|TIMEOUT|DURATION"
    r"|MINUTES|HOURS|SECONDS|MS|AGE|LIMIT|SIZE|MIN|MAX|REQUIRED|POLICY|VALIDATORS?|RULES|PREFIX|SUFFIX|FIELD"
    r"|PARAM|COOKIE|ENDPOINT|PROVIDER|STORE|BACKEND|ROTATION|FORMAT|ENCODING|HOST|PORT|STRATEGY|SCOPES?|MODEL"
    r"|CLASS|ALLOWED|LOCATION|RATE|THROUGH|USER|USERNAME|TOKEN_URL|SECRET_URL)$"
)
# A variable, a path or a plain setting; also a URL without user and query.
_REFERENCE = re.compile(
    r"^(?:\$(?!\{\w+:?-[^}])|<|\{\{|arn:|ssm:|/|true$|false$|none$|null$|%|\||[a-z][a-z0-9+.-]*://[^@?]*$)",
    re.IGNORECASE,
)


def names_a_credential(name: str) -> bool:
    """Whether the name of a variable is that of a credential."""
    words = _words(name)
    if _WHOLE.search(words):
        return True
    if _ABOUT.search(words):
        return False
    return _KEY.search(words) is not None or any(
        word in _WORDS or word.endswith(_ENDINGS) for word in words.split("_")
    )


def holds_a_credential(name: str, value: str) -> bool:
    """Whether a variable that is named like a credential has a value, and not a reference to one."""
    if not value or not names_a_credential(name) or _REFERENCE.match(value):
        return False
    return not value.isdecimal() or _PASSWORD.search(_words(name)) is not None


def _words(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).replace("-", "_").replace(".", "_").upper()
