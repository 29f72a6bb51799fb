"""A program of generated secrets and their stores, with its state: an update takes about a millisecond.

It asks and refuses by the program's own lookups (``aws_lookups.look_up``) and writes what ``components.secrets``
writes, in an order that is drawn; each effect may be the last one of its process.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from botocore.exceptions import BotoCoreError, ClientError

import aws_lookups
from aws_lookups import AwsFacts
from encryption_keys import SEED_CHARS, derive, kid, ring_document, status_of
from ops.core.aws_state import tags
from ops.core.exits import Exit, Stop
from settings import Settings, read_stack_file
from settings.grants import StoreEntry, entries
from settings.load import ConfigurationError
from settings.schema.secrets import SecretSettings
from settings.store_state import KIDS_TAG, kids_tag, other_key, state_tags
from tests.ops.model.fake_aws import CALLER, FakeAws

STACK = "staging"


@dataclass
class State:
    """What Pulumi's state holds: seeds, and what each store entry was last written with."""

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


class Refused(Stop):
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
            self._run(read_stack_file(STACK, self.root))
        except ConfigurationError as error:
            raise Refused(Exit.PARTLY, str(error)) from None
        except (ClientError, BotoCoreError) as error:
            raise Stop(Exit.PARTLY, f"the update ended with {type(error).__name__}") from None
        finally:
            self.state.locked = False

    def unprotect(self, urns: Sequence[str]) -> None:
        for urn in urns:
            name = urn.rpartition("::")[2]
            if name not in self.state.seeds:
                raise Stop(Exit.PARTLY, f"no such resource {urn}")
            self._do("unprotect", lambda name=name: self.state.protected.discard(name))

    def _run(self, settings: Settings) -> None:
        answers: Any = Lookups(self.aws)
        with mock.patch.multiple(aws_lookups, aws=answers, ec2=answers, pulumi=answers):
            facts = aws_lookups.look_up(settings, answers)
        generated = {key: secret for key, secret in settings.secrets.items() if secret.generated}
        values = {key: dict(self._values(key, secret, facts)) for key, secret in generated.items()}
        self.state.declared = (self.root / f"Pulumi.{STACK}.yaml").read_text()
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
            self._do("seed deleted", lambda name=name: self.state.seeds.pop(name))

    def _values(self, key: str, secret: SecretSettings, facts: AwsFacts) -> Iterator[tuple[int, str]]:
        for n in secret.alive:
            name = _seed(key, n)
            if name not in self.state.seeds:
                self._do("seed made", lambda name=name: self.state.seeds.update({name: self._seed()}))
            if secret.keyring:
                self.state.protected.add(name)
            kind = "password" if secret.kind == "redis-url" else secret.kind
            value = derive(kind, self.state.seeds[name], secret.name, n)
            stored = facts.kids.get(key, {}).get(n)
            if secret.keyring and (problem := other_key(key, n, derived=kid(value), stored=stored)):
                raise ConfigurationError(problem)
            yield n, value

    def _entry(
        self, settings: Settings, entry: StoreEntry, values: Mapping[int, str]
    ) -> list[Callable[[], None]]:
        """What is written for one name in the store, in the order of its dependencies."""
        secret, name = entry.secret, entry.store_name
        marks = {**settings.tags, **state_tags(secret)}
        if secret.keyring:
            marks[KIDS_TAG] = kids_tag({n: kid(value) for n, value in values.items()})
        value = values[secret.generation]
        if entry.ring:
            value = ring_document(
                secret.kind, [(n, text, status_of(n, secret.generation)) for n, text in values.items()]
            )
        chain = [lambda: self._tag(name, marks)]
        if secret.kind == "redis-url":
            value = f"rediss://aiponge:{value}@cache"
            chain.append(lambda: self._accept(frozenset(values.values())))
        return [*chain, lambda: self._put(name, value)]

    def _tag(self, name: str, marks: dict[str, str]) -> None:
        if self.state.tags.get(name) != marks:
            listed = [{"Key": key, "Value": value} for key, value in marks.items()]
            self.aws.client("secretsmanager").tag_resource(SecretId=name, Tags=listed)
            self.state.tags[name] = marks

    def _put(self, name: str, value: str) -> None:
        if self.state.values.get(name) != value:
            self.aws.client("secretsmanager").put_secret_value(SecretId=name, SecretString=value)
            self.state.values[name] = value

    def _accept(self, passwords: frozenset[str]) -> None:
        if self.state.accepted != passwords:
            self._do("cache users", lambda: setattr(self.state, "accepted", passwords))

    def _do(self, what: str, effect: Callable[[], Any]) -> None:
        self.aws.answers.around(what, effect)

    def _seed(self) -> str:
        self.state.made += 1
        return hashlib.sha256(str(self.state.made).encode()).hexdigest()[:SEED_CHARS]


def _seed(key: str, generation: int) -> str:
    return f"values-{key}-g{generation}"


class Lookups:
    """What ``pulumi_aws`` is to ``aws_lookups``, and ``pulumi`` beside it, on the fake account."""

    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws
        self.ssm = self.resourcegroupstaggingapi = self
        self.runtime = SimpleNamespace(is_dry_run=lambda: False)

    def get_stack(self) -> str:
        return STACK

    def InvokeOptions(self, provider: Any) -> None:
        return None

    def get_caller_identity(self, opts: Any) -> Any:
        return SimpleNamespace(account_id=CALLER.split(":")[4], arn=CALLER)

    def get_availability_zones(self, **_: Any) -> Any:
        return SimpleNamespace(names=["eu-west-1a", "eu-west-1b"], zone_ids=["euw1-az1", "euw1-az2"])

    def get_managed_prefix_list(self, **_: Any) -> Any:
        return SimpleNamespace(id="pl-1")

    def get_resources(self, tag_filters: Any, resource_type_filters: Any, opts: Any) -> Any:
        filters = [{"Key": one["key"], "Values": one["values"]} for one in tag_filters]
        client = self._aws.client("resourcegroupstaggingapi")
        found = client.get_resources(filters, resource_type_filters)["ResourceTagMappingList"]
        return SimpleNamespace(
            resource_tag_mapping_lists=[
                SimpleNamespace(resource_arn=one["ResourceARN"], tags=tags(one)) for one in found
            ]
        )

    def get_parameters_by_path(self, path: str, recursive: bool, with_decryption: bool, opts: Any) -> Any:
        found = self._aws.client("ssm").get_parameters_by_path(path, recursive, with_decryption)["Parameters"]
        return SimpleNamespace(names=[one["Name"] for one in found], values=[one["Value"] for one in found])
