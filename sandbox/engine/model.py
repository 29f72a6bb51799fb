"""The data of a run: resources, steps, policy violations and the result."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


def is_default_provider(type_: str, name: str) -> bool:
    """Whether the engine creates it for a package without an explicit provider; the CLI does not count it."""
    return type_.startswith(PROVIDER_PREFIX) and name.startswith("default")


@dataclass
class Resource:
    """One registered resource: the goal while planning, the state afterwards. Values are unwrapped."""

    urn: str
    type: str
    name: str
    parent: str = ""
    custom: bool = True
    inputs: dict[str, Any] = field(default_factory=dict, repr=False)
    secret: set[str] = field(default_factory=set)
    """Top-level inputs that contain secrets."""
    id: str = ""
    outputs: dict[str, Any] = field(default_factory=dict, repr=False)
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    provider: str = ""
    """``urn::id`` of the provider resource."""
    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    import_id: str = ""
    """The id of an existing resource to take into the state (``import_``)."""
    external: bool = False
    """Read (``Resource.get``), not managed."""

    @property
    def hidden(self) -> set[str]:
        """Top-level properties that must never be shown."""
        return self.secret | set(self.additional_secret_outputs)

    @property
    def is_default_provider(self) -> bool:
        """Whether the engine creates it for a package without an explicit provider."""
        return is_default_provider(self.type, self.name)

    def needs(self) -> set[str]:
        """URNs that must exist as long as this resource does."""
        found = set(self.dependencies) | {self.parent, self.provider.rpartition("::")[0]}
        for urns in self.property_dependencies.values():
            found |= set(urns)
        return found - {""}


@dataclass(frozen=True)
class Step:
    """What a run did to one resource, or would do."""

    op: str
    """create, import, update, replace, delete or same."""
    urn: str
    type: str
    name: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyFinding:
    """One violation that the policy pack reports."""

    policy: str
    level: str
    message: str
    urn: str
    requirements: tuple[str, ...] = ()
    """Codes of the requirements that the policy enforces."""

    @property
    def stops(self) -> bool:
        """Whether the update must stop."""
        return self.level in ("mandatory", "remediate")


@dataclass(frozen=True)
class Policy:
    """What the policy pack says of one of its policies."""

    name: str
    description: str = ""
    remedy: str = ""
    severity: str = ""
    """low, medium, high or critical; empty when the pack gives none."""


@dataclass
class Result:
    """The result of one run; secret outputs are masked in ``outputs``."""

    stack: str
    preview: bool
    exit_code: int
    error: str = ""
    """One sentence, or several lines, without secret values."""
    steps: list[Step] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list, repr=False)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[str] = field(default_factory=set)
    findings: list[PolicyFinding] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    """Every policy that was evaluated; empty where the engine does not list them."""
    remediated: list[str] = field(default_factory=list)
    verification: Any = None
    """``sandbox.verification.Verification`` where the live checks ran."""
    stand_ins: list[str] = field(default_factory=list)
    in_process: list[str] = field(default_factory=list)
    """One line per resource type that the sandbox emulates without moto, or only with corrections."""
    messages: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    operation: str = "update"
    """update, refresh or destroy."""
    page: str = ""
    """The file of the report's page, where one was written."""
    url: str = ""
    """The public URL of the application, where a page was written."""
    next_command: str = ""
    """What an operator types next, where a page was written."""

    @property
    def counts(self) -> dict[str, int]:
        """Number of steps by operation; operations without steps are left out."""
        return dict(Counter(step.op for step in self.steps))

    def find(self, type_: str, name: str) -> Resource:
        """The one resource of that type token (or its last part) and that name."""
        (found,) = [
            r for r in self.resources if r.name == name and type_ in (r.type, r.type.rpartition(":")[2])
        ]
        return found
