"""An update of generated secrets and their stores only, which takes about a millisecond.

It refuses by the program's own lookups and writes what ``components.secrets`` writes, in an order that is
drawn; each effect may be the last one of its process.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws_lookups import AwsFacts
from encryption_keys import SEED_CHARS, derive, kid, ring_document, status_of
from ops.core.exits import Exit, Stop
from settings import Settings
from settings.grants import StoreEntry, entries
from settings.load import ConfigurationError
from settings.schema.secrets import SecretSettings
from settings.store_state import KIDS_TAG, kids_tag, other_key, state_tags
from tests.ops.model.aws.account import FakeAws, tag_list
from tests.ops.model.lookups import look_up
from tests.ops.model.stack_files import settings_of, stack_file

Write = Callable[[], None]


@dataclass
class State:
    """What Pulumi's state holds: seeds, and what each secret was last written with."""

    seeds: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    """The passwords that the cache accepts."""
    locked: bool = False
    declared: str = ""
    """The text of the stack file that the program accepted last."""
    made: int = 0


class RefusedByProgram(Stop):
    """The program refused the stack file before it changed anything."""


@dataclass(frozen=True)
class SmallUpdate:
    """``pulumi up`` from one checkout."""

    aws: FakeAws
    state: State
    root: Path
    order: int = 0
    """Which of the orders that Pulumi may take."""

    def __call__(self) -> None:
        if self.state.locked:
            raise Stop(Exit.PARTLY, "the stack is locked by another update")
        self.state.locked = True
        try:
            self._run(settings_of(self.root))
        except ConfigurationError as error:
            raise RefusedByProgram(Exit.PARTLY, str(error)) from None
        except (ClientError, BotoCoreError) as error:
            raise Stop(Exit.PARTLY, f"the update ended with {type(error).__name__}") from None
        finally:
            self.state.locked = False

    def unprotect(self, urns: Sequence[str]) -> None:
        for name in [urn.rpartition("::")[2] for urn in urns]:
            if name in self.state.seeds:
                self.aws.around("unprotect", lambda name=name: self.state.protected.discard(name))

    def _run(self, settings: Settings) -> None:
        facts = look_up(settings, self.aws)
        generated = {key: secret for key, secret in settings.secrets.items() if secret.generated}
        values = {key: dict(self._values(key, secret, facts)) for key, secret in generated.items()}
        self.state.declared = stack_file(self.root).read_text()
        chains = [
            self._entry(settings, entry, values[entry.key])
            for entry in entries(settings)
            if entry.key in values
        ]
        drawn = random.Random(self.order)
        while left := [chain for chain in chains if chain]:
            drawn.choice(left).pop(0)()
        declared = {_seed(key, n) for key, some in values.items() for n in some}
        for name in sorted(self.state.seeds.keys() - declared):
            if name in self.state.protected:
                raise Stop(Exit.PARTLY, f"{name} cannot be deleted because it is protected")
            self.aws.around("seed deleted", lambda name=name: self.state.seeds.pop(name, None))

    def _values(self, key: str, secret: SecretSettings, facts: AwsFacts) -> Iterator[tuple[int, str]]:
        for n in secret.alive:
            name = _seed(key, n)
            if name not in self.state.seeds:
                self.aws.around("seed made", lambda name=name: self._make_seed(name))
            if secret.keyring:
                self.state.protected.add(name)
            kind = "password" if secret.kind == "redis-url" else secret.kind
            value = derive(kind, self.state.seeds[name], secret.name, n)
            stored = facts.kids.get(key, {}).get(n)
            if secret.keyring and (problem := other_key(key, n, derived=kid(value), stored=stored)):
                raise ConfigurationError(problem)
            yield n, value

    def _entry(self, settings: Settings, entry: StoreEntry, values: Mapping[int, str]) -> list[Write]:
        """What is written for one secret, in the order of its dependencies."""
        secret, name = entry.secret, entry.store_name
        tags = {**settings.tags, **state_tags(secret)}
        if secret.keyring:
            tags[KIDS_TAG] = kids_tag({n: kid(value) for n, value in values.items()})
        value = values[secret.generation]
        if entry.ring:
            value = ring_document(
                secret.kind, [(n, text, status_of(n, secret.generation)) for n, text in values.items()]
            )
        chain: list[Write] = [lambda: self._tag(name, tags)]
        if secret.kind == "redis-url":
            value = f"rediss://aiponge:{value}@cache"
            chain.append(lambda: self._accept(frozenset(values.values())))
        return [*chain, lambda: self._put(name, value)]

    def _tag(self, name: str, tags: dict[str, str]) -> None:
        if self.state.tags.get(name) != tags:
            self.aws.client("secretsmanager").tag_resource(SecretId=name, Tags=tag_list(tags))
            self.state.tags[name] = tags

    def _put(self, name: str, value: str) -> None:
        if self.state.values.get(name) != value:
            self.aws.client("secretsmanager").put_secret_value(SecretId=name, SecretString=value)
            self.state.values[name] = value

    def _accept(self, passwords: frozenset[str]) -> None:
        if self.state.accepted != passwords:
            self.aws.around("cache users", lambda: setattr(self.state, "accepted", passwords))

    def _make_seed(self, name: str) -> Any:
        self.state.made += 1
        self.state.seeds[name] = hashlib.sha256(str(self.state.made).encode()).hexdigest()[:SEED_CHARS]


def _seed(key: str, generation: int) -> str:
    return f"values-{key}-g{generation}"
