"""Finds the provider of each resource: the AWS table, the random values, or a provider configuration."""

from __future__ import annotations

import uuid
from typing import Protocol

from typing_extensions import override

from sandbox.engine.model import PROVIDER_PREFIX, Resource
from sandbox.provider import check_diff, provider, random_values, reading
from sandbox.provider import types as types  # registers the rows
from sandbox.provider.calls import Aws, Context, SandboxError
from sandbox.provider.configuration import Configuration, decode
from sandbox.provider.diff import Change, changed
from sandbox.provider.reading import Found
from sandbox.provider.rows import Inputs, find


class Plugin(Protocol):
    """The calls that the deployment makes to a provider."""

    def check(self, goal: Resource, old: Resource | None, seed: str = "") -> Inputs:
        """Check: the inputs to keep in the state; automatic names differ by ``seed``."""
        ...

    def compare(self, old: Resource, goal: Resource) -> Change:
        """Diff: what differs, and what it requires."""
        ...

    def create(self, goal: Resource) -> tuple[str, Inputs]:
        """Create: (id, outputs) of the new resource."""
        ...

    def update(self, old: Resource, goal: Resource) -> Inputs:
        """Update: the outputs after the change in place."""
        ...

    def delete(self, old: Resource) -> None:
        """Delete the resource."""
        ...

    def planned(self, old: Resource, goal: Resource) -> set[str]:
        """Outputs that an update in place would change."""
        ...

    def read(self, old: Resource) -> Found | None:
        """Read: the resource as it is now, None where it does not exist any more."""
        ...

    def find(self, goal: Resource) -> Found | None:
        """Read for an import: the existing resource with the id ``goal.import_id``."""
        ...


class AwsPlugin(Plugin):
    """The AWS provider."""

    def __init__(self, aws: Aws, deployed: dict[str, Resource], defaults: Inputs) -> None:
        self.aws, self.deployed, self.defaults = aws, deployed, defaults

    def context(self, resource: Resource) -> Context:
        """Account and region of the resource, by its provider's configuration."""
        owner = self.deployed.get(resource.provider.rpartition("::")[0])
        explicit = owner is not None and not owner.is_default_provider
        config = Configuration.of(decode(owner.inputs) if owner and explicit else self.defaults)
        region = resource.inputs.get("region") or config.region or self.aws.region
        hidden = tuple(v for key in resource.secret if isinstance(v := resource.inputs.get(key), str) and v)
        return Context(self.aws, resource.urn, resource.name, region, config.default_tags, hidden)

    @override
    def check(self, goal: Resource, old: Resource | None, seed: str = "") -> Inputs:
        known = old.inputs if old else None
        return check_diff.check(goal.type, self.context(goal), goal.inputs, known, seed)

    @override
    def compare(self, old: Resource, goal: Resource) -> Change:
        return check_diff.compare(goal.type, old.inputs, goal.inputs, goal.replace_on_changes)

    @override
    def create(self, goal: Resource) -> tuple[str, Inputs]:
        return provider.create(goal.type, self.context(goal), goal.inputs)

    @override
    def update(self, old: Resource, goal: Resource) -> Inputs:
        context = self.context(goal)
        return provider.update(goal.type, context, old.id, old.inputs, old.outputs, goal.inputs)

    @override
    def delete(self, old: Resource) -> None:
        provider.delete(old.type, self.context(old), old.id, old.inputs, old.outputs)

    @override
    def planned(self, old: Resource, goal: Resource) -> set[str]:
        return set(find(goal.type).volatile.split())

    @override
    def read(self, old: Resource) -> Found | None:
        return reading.refresh(old.type, self.context(old), old.id, old.inputs, old.outputs)

    @override
    def find(self, goal: Resource) -> Found | None:
        return reading.imported(goal.type, self.context(goal), goal.import_id)


class OfState(Plugin):
    """Resources that only the state holds: nothing to delete, and no output unknown in a preview."""

    @override
    def delete(self, old: Resource) -> None:
        return None

    @override
    def planned(self, old: Resource, goal: Resource) -> set[str]:
        return set()

    @override
    def read(self, old: Resource) -> Found | None:
        return Found(old.id, old.inputs, old.outputs)

    @override
    def find(self, goal: Resource) -> Found | None:
        raise SandboxError(f"{goal.type}: the sandbox cannot import this type")


class RandomPlugin(OfState):
    """Values of pulumi-random; every change makes a new value."""

    @override
    def check(self, goal: Resource, old: Resource | None, seed: str = "") -> Inputs:
        return goal.inputs

    @override
    def compare(self, old: Resource, goal: Resource) -> Change:
        differs = changed(old.inputs, goal.inputs)
        return Change(differs, differs)

    @override
    def create(self, goal: Resource) -> tuple[str, Inputs]:
        return random_values.create(goal.type, goal.inputs)

    @override
    def update(self, old: Resource, goal: Resource) -> Inputs:
        raise SandboxError(f"{goal.type}: random values cannot be updated in place")


class ConfigurationPlugin(OfState):
    """Provider resources: their configuration, checked as the AWS plugin's Configure does."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    @override
    def check(self, goal: Resource, old: Resource | None, seed: str = "") -> Inputs:
        if goal.type == f"{PROVIDER_PREFIX}aws":
            try:
                Configuration.of(decode(goal.inputs)).check_account(self.aws.account)
            except SandboxError as error:
                raise SandboxError(f"provider {goal.name}: {error}") from None
        return goal.inputs

    @override
    def compare(self, old: Resource, goal: Resource) -> Change:
        return Change(changed(old.inputs, goal.inputs))

    @override
    def create(self, goal: Resource) -> tuple[str, Inputs]:
        return str(uuid.uuid4()), dict(goal.inputs)

    @override
    def update(self, old: Resource, goal: Resource) -> Inputs:
        return dict(goal.inputs)


class Plugins:
    """Finds the provider of a type token."""

    def __init__(self, aws: Aws, deployed: dict[str, Resource], defaults: Inputs) -> None:
        self.aws_plugin = AwsPlugin(aws, deployed, defaults)
        self._random, self._configuration = RandomPlugin(), ConfigurationPlugin(aws)

    def of(self, type_: str) -> Plugin:
        """The provider, or an error that names the type."""
        if type_.startswith("aws:"):
            return self.aws_plugin
        if type_.startswith("random:"):
            return self._random
        if type_.startswith(PROVIDER_PREFIX):
            return self._configuration
        raise SandboxError(f"{type_}: the sandbox has no provider for this package")
