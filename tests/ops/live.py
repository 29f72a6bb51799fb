"""A running stack for the verification tests, in an account that no other test uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ops.findings import Finding
from ops.verify import Estate, run
from ops.verify.registry import REGISTRY
from sandbox import World
from settings import Settings, read_stack_file

STACK, ACCOUNT = "staging", "222233334444"
ADMINISTRATORS = (f"arn:aws:iam::{ACCOUNT}:role/aiponge-pulumi-up",)
OWN_ACCOUNT = {
    "strongroom:accountId": ACCOUNT,
    "strongroom:administrators": list(ADMINISTRATORS),
    # One service with an image, so that there are running tasks to look at.
    "strongroom:platform": {"services": {"user": {"image": f"sha256:{'a' * 64}"}}},
}

CHECKS = tuple(REGISTRY.values())

Undo = Callable[[], Any]
Make = Callable[["Live"], Undo]


@dataclass
class Live:
    """The stack, what its file declares, and what verification said while nothing was wrong."""

    world: World
    settings: Settings
    healthy: list[Finding]
    estate: Estate

    def client(self, service: str) -> Any:
        return self.world.client(service)

    def news(self) -> list[Finding]:
        """What verification finds now beyond what it found in the healthy stack."""
        self.estate.forget()
        return [one for one in run(self.estate, CHECKS).findings if one not in self.healthy]

    def findings_of(self, make: Make) -> list[Finding]:
        """The news while something is wrong; it is right again afterwards."""
        with slipped(make, self):
            return self.news()


def declared(stack: str = STACK, account: str = ACCOUNT) -> Settings:
    """The settings of a shipped stack, moved to another account."""
    roles = (f"arn:aws:iam::{account}:role/aiponge-pulumi-up",)
    return read_stack_file(stack).model_copy(update={"account_id": account, "administrators": roles})


def bring_up() -> Iterator[Live]:
    """The whole stack, created once."""
    with World(STACK, config=OWN_ACCOUNT) as world:
        up = world.up(policies=False)
        assert up.exit_code == 0, up.error
        settings = declared()
        estate = Estate(settings, world.session)
        yield Live(world, settings, run(estate, CHECKS).findings, estate)


@contextmanager
def slipped(make: Make, live: Live) -> Iterator[None]:
    undo = make(live)
    try:
        yield
    finally:
        undo()
