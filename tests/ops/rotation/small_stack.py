"""A stack of stores and readers only, whose update takes milliseconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import boto3
import pytest
import yaml

from encryption_keys import SEED_CHARS, Ring, derive, kid, ring_document, status_of
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.incident import run as incidents
from ops.operations import OperationStore, Record
from ops.rotation.rotate import How, rotate
from settings import Settings, read_stack_file
from settings.checks.examples import ACCOUNT_ID
from settings.schema.secrets import SecretSettings
from settings.stack_file import NAMESPACE, ROOT
from settings.store_state import KIDS_TAG, kids_tag, state_tags

STACK = "staging"
DATABASE_URL = "aiponge/database-url"
SERVICES = ("api-gateway", "system", "user")
"""Its services: one reads every secret, one those of sessions, one the database URL."""


class Killed(BaseException):
    """Ends the process: no handler of the program catches it."""


@dataclass
class SmallStack:
    """Seeds as in Pulumi's state, values in the emulated stores, and the start time of each reader."""

    session: boto3.Session
    root: Path
    seeds: dict[tuple[str, int], str] = field(default_factory=dict)
    started: dict[str, datetime] = field(default_factory=dict)
    unprotected: set[str] = field(default_factory=set)
    updates: int = 0
    clients: dict[str, Any] = field(default_factory=dict)

    def context(
        self,
        *,
        root: Path | None = None,
        as_json: bool = False,
        boundary: Callable[[str], None] = lambda _: None,
    ) -> StackContext:
        where = root or self.root
        settings, screen = declared(where), Screen(as_json=as_json)
        clock = Clock(poll_s=0.001, rollout_s=0.05, rotation_s=0.05)
        return StackContext(
            STACK,
            settings,
            self.session,
            lambda: SmallUpdate(self, where),
            screen,
            clock,
            where,
            boundary=boundary,
        )

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.context().aws.client(service)
        return self.clients[service]

    def rotate(
        self, name: str, *, at: str | None = None, error: type[BaseException] = Killed, **how: Any
    ) -> Exit:
        """Rotate; ``at`` ends the run with ``error`` at the first boundary whose name ends with it."""
        context = self.context(boundary=ends_at(at, error))
        return rotate(context, name, How(**{"write": True, "accept_outage": True, **how}))

    def incident(
        self,
        *,
        at: str | None = None,
        error: type[BaseException] = Killed,
        root: Path | None = None,
        as_json: bool = False,
        **how: Any,
    ) -> Exit:
        """Run an incident; ``at`` ends the run as in :meth:`rotate`."""
        context = self.context(root=root, as_json=as_json, boundary=ends_at(at, error))
        return incidents.incident(context, incidents.How(**{"write": True, "accept_outage": True, **how}))

    @property
    def records(self) -> OperationStore:
        return OperationStore(self.client("s3"), self.context().settings.names.state_bucket, STACK)

    def open(self) -> Record | None:
        return self.records.open_record()

    def secret(self, key: str) -> SecretSettings:
        return declared(self.root).secrets[key]

    def value(self, name: str) -> str:
        return self.client("secretsmanager").get_secret_value(SecretId=f"aiponge/{name}")["SecretString"]

    def ring(self, name: str) -> dict[int, tuple[str, str]]:
        return {key.generation: (key.kid, key.status) for key in Ring.load(self.value(name)).keys}

    def checkout(self, folder: Path) -> Path:
        """Copy the checkout in its current state."""
        shutil.copytree(self.root, folder)
        return folder

    def copy_of_file(self) -> str:
        return (self.root / f"Pulumi.{STACK}.yaml").read_text()

    def update(self, root: Path | None = None) -> None:
        """Store what the stack file declares, as ``pulumi up`` does; undeclared seeds are deleted."""
        self.updates += 1
        secrets = declared(root or self.root).secrets
        alive = {(key, n) for key, secret in secrets.items() if secret.generated for n in secret.alive}
        self.seeds |= {one: token_hex(SEED_CHARS // 2) for one in alive - self.seeds.keys()}
        for key, secret in secrets.items():
            if secret.generated:
                self._write(key, secret)
        # What is not declared goes last, as the engine deletes it.
        for key, n in self.seeds.keys() - alive:
            if secrets[key].keyring and f"values-{key}-g{n}" not in self.unprotected:
                raise Stop(Exit.PARTLY, f"the seed of generation {n} of {key} is protected")
            del self.seeds[key, n]

    def _write(self, key: str, secret: SecretSettings) -> None:
        kind = "password" if secret.kind == "redis-url" else secret.kind
        values = {n: derive(kind, self.seeds[key, n], secret.name, n) for n in secret.alive}
        now = values[secret.generation]
        marks = state_tags(secret)
        if secret.keyring:
            marks[KIDS_TAG] = kids_tag({n: kid(value) for n, value in values.items()})
        self._put(secret.name, f"rediss://a:{now}@cache" if secret.kind == "redis-url" else now, marks)
        if secret.keyring:
            ring = ring_document(
                secret.kind, [(n, text, status_of(n, secret.generation)) for n, text in values.items()]
            )
            self._put(secret.keyring.name, ring, marks)

    def _put(self, name: str, value: str, marks: dict[str, str]) -> None:
        store, every = self.client("secretsmanager"), self.context().settings.tags | marks
        tags = [{"Key": key, "Value": text} for key, text in every.items()]
        try:
            store.tag_resource(SecretId=name, Tags=tags)
            if store.get_secret_value(SecretId=name)["SecretString"] != value:
                store.put_secret_value(SecretId=name, SecretString=value)
        except store.exceptions.ResourceNotFoundException:
            store.create_secret(Name=name, SecretString=value, Tags=tags)

    def restart(self, context: StackContext, readers: Any, since: datetime) -> None:
        self.started.update(dict.fromkeys(readers, datetime.now(UTC)))

    def stale(self, context: StackContext, secret: SecretSettings, since: datetime) -> list[str]:
        return [
            f"service {name} runs 1 tasks that started before its value"
            for name in secret.readers
            if name in self.started and self.started[name] <= since.astimezone(UTC)
        ]


def declared(root: Path) -> Settings:
    """The settings of the stack file as it is now."""
    texts = tuple((path.name, path.read_text()) for path in sorted(root.glob("Pulumi.*.yaml")))
    return _settings(root, texts)


@cache
def _settings(root: Path, texts: tuple[tuple[str, str], ...]) -> Settings:
    # A stack is asked hundreds of times for the same file.
    return read_stack_file(STACK, root)


@dataclass(frozen=True)
class SmallUpdate:
    """The update of a checkout."""

    stack: SmallStack
    root: Path

    def __call__(self) -> None:
        self.stack.update(self.root)

    def unprotect(self, urns: Sequence[str]) -> None:
        self.stack.unprotected |= {urn.rpartition("::")[2] for urn in urns}


def database_url(password: str, host: str = "db.example") -> str:
    return f"postgresql://aiponge_a:{password}@{host}:5432/aiponge?sslmode=require"


def ends_at(boundary: str | None, error: type[BaseException]) -> Callable[[str], None]:
    def called(name: str) -> None:
        if boundary is not None and name.endswith(boundary):
            raise error

    return called


def stack_files(folder: Path, account: str, only: tuple[str, ...] = ()) -> Path:
    """A checkout with this one stack, with fewer services.

    ``only`` names the secrets to keep. There are no other stacks, because every command reads all stack
    files.
    """
    folder.mkdir()
    (folder / f"Pulumi.{STACK}.yaml").write_text(_stack_file(account, only))
    return folder


@cache
def _stack_file(account: str, only: tuple[str, ...]) -> str:
    content = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text().replace(ACCOUNT_ID, account))
    config = content["config"]
    services = config[f"{NAMESPACE}platform"]["services"]
    for service in services.keys() - SERVICES:
        del services[service]
    secrets = config[f"{NAMESPACE}secrets"]
    if only:
        for name in secrets.keys() - only:
            del secrets[name]
        del config[f"{NAMESPACE}platform"]["tools"]["reencrypt"]
        for service in services.values():
            del service["requiredEnv"]
    known = {*SERVICES, *config[f"{NAMESPACE}platform"]["tools"]}
    for secret in secrets.values():
        secret["readers"] = [reader for reader in secret["readers"] if reader in known]
    return yaml.safe_dump(content, sort_keys=False)


def refusal(code: Exit, run: Callable[[], Any]) -> str:
    """The message of a run that is stopped with this code."""
    with pytest.raises(Stop) as stop:
        run()
    assert stop.value.code == code, stop.value
    return str(stop.value)
