"""Checks of the declared secrets: readers, names, variables, generations and keyrings."""

from __future__ import annotations

from collections.abc import Iterator

from settings.aws.stores import PARAMETER_NAME, SECRET_NAME
from settings.checks.check import Others
from settings.errors import nearest
from settings.grants import known_readers
from settings.schema.secrets import KEY_KINDS, SecretSettings
from settings.schema.stack import Settings


def store_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that every reader can read from the secret's store."""
    for key, secret in settings.secrets.items():
        readers = [one for one in secret.readers if one in settings.services or one in settings.tools]
        if secret.in_parameter_store and readers:
            reader = readers[0]
            yield f"secrets.{key}.store=parameter-store: {reader} reads Secrets Manager only; move it there"
        yield from _unreachable_store_problems(settings, key, secret)


_DATA_STORES = {"postgres-url": "database", "redis-url": "cache"}
"""The data store that a URL leads to, by the kind of secret."""


def _unreachable_store_problems(settings: Settings, key: str, secret: SecretSettings) -> Iterator[str]:
    """Check that the readers of a URL may connect to the data store that it leads to."""
    store = _DATA_STORES.get(secret.kind)
    for reader in secret.readers if store else ():
        task = settings.services.get(reader) or settings.tools.get(reader)
        if task is not None and store not in task.stores:
            kind = "services" if reader in settings.services else "tools"
            yield (
                f"platform.{kind}.{reader}.stores: lacks {store}, so {reader} cannot connect to the URL of "
                f"{key}; add {store}, or remove the reader"
            )


def secret_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check readers, names, variables and generations of the declared secrets."""
    readers = known_readers(settings)
    other = {"production", "prod", "staging"} - {settings.environment.name}
    taken: dict[str, str] = {}
    for key, secret in settings.secrets.items():
        where = f"secrets.{key}"
        for name in (secret.name, *((secret.keyring.name,) if secret.keyring else ())):
            if name in taken:
                yield f"{where}.name={name}: already the name of {taken[name]}; choose another"
            taken[name] = key
            for wrong in sorted(other & set(name.split("/"))):
                yield (
                    f"{where}: stack {settings.environment.name} names {name}, a path of {wrong}; "
                    "environments must not mix"
                )
        for reader in secret.readers:
            if reader not in readers:
                hint = nearest(reader, readers)
                yield f'{where}.readers: "{reader}" is not a declared service{hint or "; remove it"}'
        yield from _ring_tool_problems(where, secret, tuple(settings.tools))
        if not secret.readers and secret.required:
            yield f"{where}.readers: {secret.name} has no reader; list its readers or set required: false"
        yield from _store_name_problems(where, secret)
        yield from _generation_problems(where, key, secret)
    yield from _rotation_problems(settings)


def _store_name_problems(where: str, secret: SecretSettings) -> Iterator[str]:
    """Check the names in the store by the store's own rule."""
    rule, what = (PARAMETER_NAME, "parameter") if secret.in_parameter_store else (SECRET_NAME, "secret")
    names = {"name": secret.name} | ({"keyring.name": secret.keyring.name} if secret.keyring else {})
    for field, name in names.items():
        if secret.in_parameter_store and not name.startswith("/"):
            yield f"{where}.{field}={name}: a parameter's name must start with a slash; add it"
        elif not rule.matches(name):
            yield f"{where}.{field}={name}: the name of a {what} is {rule.expected}; choose another"


def _ring_tool_problems(where: str, secret: SecretSettings, tools: tuple[str, ...]) -> Iterator[str]:
    """Check the tools that read only the keyring."""
    for tool in secret.keyring.tools if secret.keyring else ():
        if tool not in tools:
            hint = nearest(tool, tools)
            yield f'{where}.keyring.tools: "{tool}" is not in platform.tools{hint or "; remove it"}'
        elif tool in secret.readers:
            yield f"{where}.keyring.tools: {tool} is also a reader of the plain value; list it only once"


def _generation_problems(where: str, key: str, secret: SecretSettings) -> Iterator[str]:
    if secret.min_generation > secret.generation:
        yield (
            f"{where}.generation={secret.generation}: below minGeneration={secret.min_generation}; "
            "generations only rise"
        )
    if secret.generation in secret.revoked:
        yield f"{where}.generation={secret.generation}: is revoked; choose {secret.next_generation}"
    if secret.keyring is not None:
        if secret.kind not in KEY_KINDS:
            yield f"{where}.keyring: a secret of kind {secret.kind} cannot have a keyring; remove it"
        if secret.keyring.name.startswith(secret.name + "-"):
            # The ARN pattern of a secret ends in -??????, which could match the longer name too.
            yield f"{where}.keyring.name={secret.keyring.name}: starts with {secret.name}-; choose another"
        for reader in secret.keyring.readers:
            if reader not in secret.readers:
                hint = nearest(reader, secret.readers)
                yield f'{where}.keyring.readers: "{reader}" is not a reader of {key}{hint or "; remove it"}'
    yield from _envelope_problems(where, secret)
    if secret.initial == "imported" and not secret.generated:
        yield f"{where}.initial=imported: applies to generated kinds only; remove it"


def _envelope_problems(where: str, secret: SecretSettings) -> Iterator[str]:
    if secret.envelope == "legacy":
        return
    if secret.kind != "aes-256-key":
        yield f"{where}.envelope={secret.envelope}: kind {secret.kind} encrypts no rows; remove it"
    elif secret.keyring is None:
        yield f"{where}.envelope={secret.envelope}: it needs a keyring, and there is none; declare keyring"
    elif secret.one_key_readers:
        lacking = ", ".join(secret.one_key_readers)
        yield f"{where}.envelope={secret.envelope}: needs every reader in keyring.readers; add {lacking}"


def _rotation_problems(settings: Settings) -> Iterator[str]:
    rotated = [key for key, secret in settings.secrets.items() if secret.rotated_by_function]
    for key in rotated[1:]:
        kind = settings.secrets[key].kind
        yield f"secrets.{key}.kind={kind}: the rotation function supports only {rotated[0]}; remove it"
