"""Runs a command on a stack: checks the account of the credentials, and writes only with consent."""

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
    """Timeouts in seconds, and the clock that measures them."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    poll_s: float = 5
    rollout_s: float = 1800
    """How long a deployment may take until it is healthy, or an SSM document on a host until it has run."""
    rotation_s: float = 150
    """How long one run of the rotation function may take."""
    restore_s: float = 7200
    """How long the restore, a change or the deletion of a database instance may take."""

    def until(self, timeout_s: float, look: Callable[[], bool]) -> bool:
        """Call ``look`` every ``poll_s`` seconds; return whether it returned true before the timeout."""
        deadline = self.now() + timeout_s
        while not look():
            if self.now() >= deadline:
                return False
            self.sleep(self.poll_s)
        return True


@dataclass
class StackContext:
    """The stack that a command works on."""

    stack: str
    settings: Settings
    """The settings in the stack file; :meth:`edit` updates them."""
    session: boto3.Session
    find_update: Callable[[], Update]
    """Finds how to update the stack; called before anything is changed."""
    screen: Screen
    clock: Clock = field(default_factory=Clock)
    root: Path = ROOT
    reason: str = ""
    """Why the operator runs the command, for the operation record."""
    boundary: Callable[[str], None] = lambda _: None
    """Called with a name between two side effects of a command; tests interrupt the run there."""
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.look_again()

    def look_again(self) -> None:
        """Discard all cached responses of AWS."""
        self.aws = AwsState(self.settings, self.session, self._clients)

    @property
    def path(self) -> Path:
        """The stack file."""
        return self.root / f"Pulumi.{self.stack}.yaml"

    def say(self, text: str, style: str = "") -> None:
        """Print one line; with ``--json`` nothing."""
        self.screen.line(text, style)

    def secret(self, name: str) -> tuple[str, SecretSettings]:
        """The key and settings of a secret, by its key in the stack file or its name in the store."""
        for key, secret in self.settings.secrets.items():
            if name in (key, secret.name):
                return key, secret
        known = ", ".join(self.settings.secrets)
        raise Stop(
            Exit.BAD_INPUT,
            f"{name} is not declared under strongroom:secrets of {self.stack}; declared are: {known}",
        )

    def reread(self) -> None:
        """Read the stack file again and discard cached responses of AWS."""
        self.settings = read_stack_file(self.stack, self.root)
        self.look_again()

    def edit(self, change: Callable[[str], str]) -> None:
        """Change the stack file and read it again; a change that makes it invalid is undone."""
        before = stack_edit.read(self.path)
        stack_edit.save(self.path, change(before))
        try:
            self.reread()
        except BaseException:
            stack_edit.save(self.path, before)
            raise


Work = Callable[[StackContext, bool], Exit]
"""Takes the stack context and whether to write."""


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
    """Call ``work`` with the stack's context, after checking consent and the account of the credentials."""
    settings = read_stack_file(stack, root)
    write = consent.given(stack, production=settings.environment.production)
    session, screen = connect(stack, settings, profile), Screen(as_json=as_json)
    update = partial(find_update, stack, root)
    with aws_errors():
        reason = consent.reason or ""
        return work(StackContext(stack, settings, session, update, screen, root=root, reason=reason), write)
