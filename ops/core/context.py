"""Gives a command its stack, in the stack's own account only, and leave to write only with consent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from ops.core import stack_edit
from ops.core.aws_state import AwsState
from ops.core.consent import Consent
from ops.core.console import Screen
from ops.core.exits import Exit, Stop
from ops.core.session import aws_errors, connect
from ops.core.updater import FindUpdate, Update, pulumi_cli
from settings import Settings, read_stack_file
from settings.schema.secrets import SecretSettings
from settings.stack_file import ROOT


@dataclass(frozen=True)
class Clock:
    """How long to wait, and on what clock."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    poll_s: float = 5
    rollout_s: float = 1800
    """How long a deployment may take until it is healthy, or an update document on a host."""
    rotation_s: float = 150
    """How long the rotation function may take."""

    def until(self, timeout_s: float, look: Callable[[], bool]) -> bool:
        """Look again and again; whether it came true in time."""
        deadline = self.now() + timeout_s
        while not look():
            if self.now() >= deadline:
                return False
            self.sleep(self.poll_s)
        return True


@dataclass
class StackContext:
    """One stack under a command's hands."""

    stack: str
    settings: Settings
    """What the stack file declares; an edit of the file changes them."""
    session: boto3.Session
    find_update: Callable[[], Update]
    """Finds how to update the stack; called before anything is changed."""
    screen: Screen
    clock: Clock = field(default_factory=Clock)
    root: Path = ROOT
    reason: str = ""
    """Why the operator runs the command, for the operation record."""
    boundary: Callable[[str], None] = lambda _: None
    """Called by name between two effects of a command; tests end the run there."""
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.look_again()

    def look_again(self) -> None:
        """Put every question to AWS anew."""
        self.aws = AwsState(self.settings, self.session, self._clients)

    @property
    def path(self) -> Path:
        """The stack file."""
        return self.root / f"Pulumi.{self.stack}.yaml"

    def say(self, text: str, style: str = "") -> None:
        """One line for people."""
        self.screen.line(text, style)

    def secret(self, name: str) -> tuple[str, SecretSettings]:
        """A declared secret by its short name, or by its name in the store."""
        for key, secret in self.settings.secrets.items():
            if name in (key, secret.name):
                return key, secret
        known = ", ".join(self.settings.secrets)
        raise Stop(Exit.BAD_INPUT, f"{self.stack} declares no secret {name}; there are: {known}")

    def reread(self) -> None:
        """Go by what the stack file declares now."""
        self.settings = read_stack_file(self.stack, self.root)
        self.look_again()

    def edit(self, change: Callable[[str], str]) -> None:
        """Change the stack file, and go by what it then declares; a change it refuses is taken back."""
        before = stack_edit.read(self.path)
        stack_edit.save(self.path, change(before))
        try:
            self.reread()
        except BaseException:
            stack_edit.save(self.path, before)
            raise


Work = Callable[[StackContext, bool], Exit]
"""Takes the stack, and whether to write."""


def run(
    stack: str,
    profile: str | None,
    consent: Consent,
    work: Work,
    *,
    as_json: bool,
    root: Path = ROOT,
    find_update: FindUpdate = pulumi_cli,
) -> Exit:
    """Do some work on a stack, in its own account only, once the operator has said how far to go."""
    settings = read_stack_file(stack, root)
    write = consent.given(stack, production=settings.environment.production)
    session, screen = connect(stack, settings, profile), Screen(as_json=as_json)
    update = partial(find_update, stack, root)
    with aws_errors():
        reason = consent.reason or ""
        return work(StackContext(stack, settings, session, update, screen, root=root, reason=reason), write)
