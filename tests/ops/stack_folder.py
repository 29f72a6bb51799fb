"""A running stack whose file may be edited, for tests of rotations and incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from encryption_keys import Ring
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import SecretsManager, Value
from ops.rotation.rotate import How, rotate
from sandbox import Sandbox
from settings import read_stack_file
from settings.checks.examples import ACCOUNT_ID
from settings.stack_file import ROOT
from tests.accounts import reusing_clients

IMAGE = f"sha256:{'a' * 64}"
QUICK = Clock(poll_s=0.01, rollout_s=0.2, rotation_s=0.2)


@dataclass(frozen=True)
class UpdateHere:
    """An update of the sandbox that the stack runs in."""

    home: StackFolder

    def __call__(self) -> None:
        self.home.updates += 1
        done = self.home.sandbox.up(policies=False)
        if done.exit_code:
            raise Stop(Exit.PARTLY, done.error)

    def unprotect(self, urns: Sequence[str]) -> None:
        self.home.unprotected += urns
        there = self.home.sandbox.state.resources
        self.home.sandbox.unprotect(urn for urn in urns if urn in there)


@dataclass(frozen=True)
class Only:
    """An update that only calls a function, and unprotects nothing."""

    run: Callable[[], None] = lambda: None

    def __call__(self) -> None:
        self.run()

    def unprotect(self, urns: Sequence[str]) -> None:
        assert not urns


@dataclass
class StackFolder:
    """A copy of the program whose stack file may be edited, and the sandbox that it runs in."""

    sandbox: Sandbox
    root: Path
    stack: str
    updates: int = 0
    unprotected: list[str] = field(default_factory=list[str])

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)

    def context(self, *, as_json: bool = False) -> StackContext:
        settings = read_stack_file(self.stack, self.root)
        screen = Screen(as_json=as_json)
        return StackContext(
            self.stack, settings, self.sandbox.session, lambda: UpdateHere(self), screen, QUICK, self.root
        )

    def update(self) -> None:
        UpdateHere(self)()

    @property
    def file(self) -> Path:
        return self.root / f"Pulumi.{self.stack}.yaml"

    def rotate(self, name: str, **how: bool) -> Exit:
        return rotate(self.context(), name, How(**{"write": True, "accept_outage": True, **how}))

    def values(self) -> dict[str, Value]:
        return SecretsManager(self.context().aws).read_all()

    def ring(self, name: str) -> Ring:
        return Ring.load(self.values()[name].text)


def copied(root: Path, stack: str, account: str, **changes: str) -> Path:
    """Links to the program's folders, with a stack file that names another account."""
    root.mkdir()
    for path in ROOT.iterdir():
        if path.name == f"Pulumi.{stack}.yaml":
            text = path.read_text().replace(ACCOUNT_ID, account)
            for before, after in changes.items():
                text = text.replace(before, after)
            (root / path.name).write_text(text)
        elif not path.name.startswith("."):
            (root / path.name).symlink_to(path)
    return root


def brought_up(root: Path, stack: str) -> Iterator[StackFolder]:
    with Sandbox(stack, root=root) as sandbox:
        reusing_clients(sandbox.session)
        up = sandbox.up(policies=False)
        assert up.exit_code == 0, up.error
        yield StackFolder(sandbox, root, stack)


def staging_of(account: str, folder: Path) -> Iterator[StackFolder]:
    """Staging in an account of its own, with two running readers: one of every secret, and one of some."""
    running = {
        "environment: {SERVICE_NAME: user-service}": f"image: {IMAGE}",
        "environment: {SERVICE_NAME: api-gateway}": f"image: {IMAGE}",
    }
    yield from brought_up(copied(folder / "program", "staging", account, **running), "staging")
