"""Checks the format of secret values. Values are read into memory and never printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, parse_qs, urlsplit

from encryption_keys import RING_KINDS, Ring, RingError, key_bytes
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.checks.verify.secrets.secrets import requirements_of
from ops.core.aws_state import AwsState
from ops.core.secret_stores import Value, stored_values
from settings.grants import StoreEntry
from settings.schema.secrets import KEY_KINDS

SSL_MODES = frozenset({"require", "verify-ca", "verify-full"})
PASSWORDS = ("password", "django-key")
MIN_PASSWORD_CHARS = 40
_ROTATE = "rotate it: no reader can use this value"


def fingerprint(entry: StoreEntry, value: Value) -> str:
    """What evidence shows of a value: the fingerprint of a key, else the version ID."""
    if entry.secret.kind in KEY_KINDS and not entry.ring:
        return f"kid {value.kid}" if value.kid else "malformed"
    return f"version {value.version[:8]}"


def plain_values(aws: AwsState, *kinds: str) -> Iterator[tuple[StoreEntry, Value]]:
    """The current values of some kinds of secret, without their key rings."""
    for entry, value in stored_values(aws):
        if entry.secret.kind in kinds and not entry.ring:
            yield entry, value


@check("values-keys", "A2", "A4", "A5", "A13", "A14", "A32", "A34", "A35")
def keys(aws: AwsState) -> Iterator[Problem]:
    """Every key is exactly 32 bytes in canonical Base64, and not a published one."""
    for entry, value in plain_values(aws, *KEY_KINDS):
        problem = _refused(lambda text=value.text: key_bytes(text, what="the value"))
        if problem:
            yield Problem(entry.store_name, problem, _ROTATE, ("A5", *requirements_of(entry)))


@check("values-passwords", "A31", "B32", "B40")
def passwords(aws: AwsState) -> Iterator[Problem]:
    """Every generated password has 40 or more characters, which are letters and digits only."""
    for entry, value in plain_values(aws, *PASSWORDS):
        text = value.text
        if len(text) < MIN_PASSWORD_CHARS:
            problem = f"has {len(text)} characters, {MIN_PASSWORD_CHARS} or more expected"
            yield Problem(entry.store_name, problem, _ROTATE)
        elif not (text.isascii() and text.isalnum()):
            yield Problem(entry.store_name, "has characters other than A-Z, a-z and 0-9", _ROTATE)


@check("values-rings", "A4", "A6", "A11", "A13", "A14", "A31", "A32", "A34", "A35")
def rings(aws: AwsState) -> Iterator[Problem]:
    """Every key ring is valid and has the declared generations; its current key is the secret's value."""
    values = {entry.store_name: (entry, value) for entry, value in stored_values(aws)}
    for name, (entry, value) in values.items():
        if not entry.ring:
            continue
        secret, requirements = entry.secret, ("A11", *requirements_of(entry))
        try:
            ring = Ring.load(value.text)
        except RingError as error:
            yield Problem(name, str(error), _ROTATE, requirements)
            continue
        if ring.kind != RING_KINDS[secret.kind]:
            yield Problem(
                name, f"is of kind {ring.kind}, expected {RING_KINDS[secret.kind]}", _ROTATE, requirements
            )
        generations = tuple(sorted(key.generation for key in ring.keys))
        if generations != tuple(sorted(secret.alive)):
            yield Problem(
                name,
                f"has generations {_joined(generations)}, declared are {_joined(secret.alive)}",
                BY_PROGRAM,
                requirements,
            )
        if ring.current.generation != secret.generation:
            yield Problem(
                name,
                f"its current generation is {ring.current.generation}, declared is {secret.generation}",
                BY_PROGRAM,
                requirements,
            )
        if secret.name in values and values[secret.name][1].kid != ring.current.kid:
            yield Problem(
                name,
                f"its current key {ring.current.kid} is not the value of {secret.name}",
                "a value was changed by hand: put the right one back, or rotate",
                requirements,
            )


@check("values-database-url", "A17", "A33")
def database_url(aws: AwsState) -> Iterator[Problem]:
    """The database URL requires TLS, names a user that is not the master, and the stack's own instance."""
    database = aws.settings.database
    if database is None:
        return
    for entry, value in plain_values(aws, "postgres-url"):
        url = _url(value)
        if url is None or url.scheme not in ("postgres", "postgresql") or not url.hostname:
            yield Problem(entry.store_name, "is not a postgresql:// URL with a host", _ROTATE)
            continue
        modes = parse_qs(url.query).get("sslmode", [])
        if len(modes) != 1 or modes[0] not in SSL_MODES:
            yield Problem(
                entry.store_name,
                f"its sslmode is not one of {', '.join(sorted(SSL_MODES))}",
                f"run `ops rotate {entry.key}`",
            )
        if not url.username or not url.password:
            yield Problem(entry.store_name, "has no user or no password", f"run `ops rotate {entry.key}`")
        if url.username == database.username:
            yield Problem(
                entry.store_name,
                "its user is the master user",
                f"run `ops rotate {entry.key}`, which creates an application user",
            )
        address = _database_address(aws)
        if address is not None and url.hostname != address:
            yield Problem(
                entry.store_name,
                f"its host is not {address}",
                "run `ops repoint` if the database was restored",
            )
        if url.path.removeprefix("/") != database.name:
            yield Problem(entry.store_name, f"its database is not {database.name}", "run `ops repoint`")


@check("values-redis-url", "A30", "A31")
def redis_url(aws: AwsState) -> Iterator[Problem]:
    """The cache URL requires TLS, names the declared user and the stack's own cache."""
    cache = aws.settings.cache
    for entry, value in plain_values(aws, "redis-url"):
        url = _url(value)
        if url is None or url.scheme != "rediss" or not url.hostname:
            yield Problem(entry.store_name, "is not a rediss:// URL with a host", BY_PROGRAM)
            continue
        if cache is not None and url.username != cache.username:
            yield Problem(entry.store_name, f"its user is not {cache.username}", BY_PROGRAM)
        if not url.password:
            yield Problem(entry.store_name, "has no password", BY_PROGRAM)
        address = _cache_address(aws)
        if address is not None and url.hostname != address:
            yield Problem(entry.store_name, f"its host is not {address}", BY_PROGRAM)


def _refused(look: Callable[[], object]) -> str | None:
    try:
        look()
    except ValueError as error:
        return str(error)
    return None


def _url(value: Value) -> SplitResult | None:
    """The parsed URL, or None; messages of urllib are not used, as they quote the value."""
    if any(char.isspace() for char in value.text):
        return None
    try:
        url = urlsplit(value.text)
        _ = url.port
    except ValueError:
        return None
    return url


def _joined(generations: tuple[int, ...]) -> str:
    return ", ".join(map(str, sorted(generations)))


def _database_address(aws: AwsState) -> str | None:
    wanted = aws.names.part("rds")
    for one in aws.list("rds", "describe_db_instances", "DBInstances"):
        if one["DBInstanceIdentifier"] == wanted:
            return one.get("Endpoint", {}).get("Address")
    return None


def _cache_address(aws: AwsState) -> str | None:
    for one in aws.list("elasticache", "describe_replication_groups", "ReplicationGroups"):
        if one["ReplicationGroupId"].startswith(aws.names.prefix):
            for group in one.get("NodeGroups", []):
                if group.get("PrimaryEndpoint"):
                    return group["PrimaryEndpoint"].get("Address")
    return None
