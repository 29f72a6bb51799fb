"""Starts a running stack for the verification tests, in an account that no other test uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from moto.backends import get_backend

from ops.checks.verify import AwsState, run
from ops.checks.verify.registry import REGISTRY, Check
from ops.core.findings import Finding
from sandbox import Sandbox
from settings import Settings, read_stack_file
from settings.schema.data import BackupSettings
from tests.parts import OVERRIDES, parts_settings

STACK, ACCOUNT = "staging", "222233334444"
ADMINISTRATORS = (f"arn:aws:iam::{ACCOUNT}:role/aiponge-pulumi-up",)
OWN_ACCOUNT: dict[str, Any] = {
    # Buckets, queues and schedules, which no shipped stack has.
    **OVERRIDES,
    "strongroom:accountId": ACCOUNT,
    "strongroom:administrators": list(ADMINISTRATORS),
    # One service with an image, so that there are running tasks to look at.
    "strongroom:platform": {
        **OVERRIDES["strongroom:platform"],
        "services": {"user": {"image": f"sha256:{'a' * 64}"}},
    },
    "strongroom:backup": {"copyRegion": "eu-central-1", "tables": {"lib_entries": 1}},
}

CHECKS = tuple(REGISTRY.values())

Undo = Callable[[], Any]
Make = Callable[["Live"], Undo]


class Remembered(AwsState):
    """Caches responses that no test changes: each test changes one service only."""

    def forget(self, services: set[str]) -> None:
        self._elsewhere.clear()
        self._answers = {key: answer for key, answer in self._answers.items() if key[0] not in services}
        for name in ("vpc", "key_arns"):
            self.__dict__.pop(name, None)


@dataclass
class Live:
    """The stack, its settings, and the findings of verification before any change."""

    sandbox: Sandbox
    settings: Settings
    aws: Remembered
    touched: set[str] = field(default_factory=set)
    """Services whose cached responses are out of date."""
    healthy: list[Finding] = field(init=False)
    asks: dict[str, set[str]] = field(init=False)
    """The services whose responses each check reads. The others cannot change what it finds."""

    def __post_init__(self) -> None:
        self.healthy, self.asks = [], {}
        for check in CHECKS:
            self.aws.forget(set())
            report = run(self.aws, (check,))
            self.healthy += report.findings
            (answered,) = report.looked_at
            self.asks[check.slug] = {call.partition(":")[0] for call in answered.calls}

    def client(self, service: str) -> Any:
        self.touched.add(service)
        return self.sandbox.client(service)

    def backend(self, service: str) -> Any:
        """moto's backend of a service, for changes that no API call can make."""
        self.touched.add(service)
        return cast(Any, get_backend)(service)[self.settings.account_id][self.settings.region]

    def news(self, *only: str) -> list[Finding]:
        """The findings of verification that were not there before the change."""
        self.aws.forget(self.touched)
        checks = tuple(
            one for one in CHECKS if self._affected(one) and (not only or one.slug.startswith(only))
        )
        return [one for one in run(self.aws, checks).findings if one not in self.healthy]

    def _affected(self, check: Check) -> bool:
        """Whether a change of the touched services can change what the check finds."""
        asks = self.asks[check.slug]
        return not self.touched or not asks or not asks.isdisjoint(self.touched)

    def findings_of(self, make: Make, *only: str) -> list[Finding]:
        """The new findings of the named checks while the change is in effect; it is reverted afterwards."""
        with slipped(make, self):
            return self.news(*only)


class Answers:
    """A running stack with ECS or ElastiCache responses that a test sets in a subclass."""

    def __init__(self, live: Live, **changes: Any) -> None:
        live.aws.forget({"ecs", "elasticache"})
        self.aws, self.changes = live.aws, changes

    def __getattr__(self, name: str) -> Any:
        return getattr(self.aws, name)


def declared(stack: str = STACK, account: str = ACCOUNT) -> Settings:
    """The settings of a shipped stack, moved to another account."""
    return _moved(read_stack_file(stack), account)


def _moved(settings: Settings, account: str) -> Settings:
    roles = (f"arn:aws:iam::{account}:role/aiponge-pulumi-up",)
    return settings.model_copy(update={"account_id": account, "administrators": roles})


def bring_up() -> Iterator[Live]:
    """Create the whole stack once."""
    with Sandbox(STACK, config=OWN_ACCOUNT) as sandbox:
        up = sandbox.up(policies=False)
        assert up.exit_code == 0, up.error
        backup = BackupSettings.model_validate(OWN_ACCOUNT["strongroom:backup"])
        settings = _moved(parts_settings(), ACCOUNT).model_copy(update={"backup": backup})
        aws = Remembered(settings, sandbox.session)
        yield Live(sandbox, settings, aws)


@contextmanager
def slipped(make: Make, live: Live) -> Iterator[None]:
    undo = make(live)
    try:
        yield
    finally:
        undo()
        live.aws.forget(live.touched)
        live.touched.clear()
