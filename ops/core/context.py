"""A command gets its stack in the stack's own account only, and leave to write with consent only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ops.core import updater as update
from ops.core.consent import Consent
from ops.core.console import Screen
from ops.core.exits import Exit
from ops.core.session import aws_errors, connect
from ops.core.stack_context import Site
from settings import read_stack_file
from settings.stack_file import ROOT

Work = Callable[[Site, bool], Exit]
"""Takes the site, and whether to write."""


def run(
    stack: str, profile: str | None, consent: Consent, work: Work, *, as_json: bool, root: Path = ROOT
) -> Exit:
    """Do some work on a stack, in its own account only, once the operator has said how far to go."""
    settings = read_stack_file(stack, root)
    write = consent.given(stack, production=settings.environment.production)
    session, engine = connect(stack, settings, profile), partial(update.find, stack, root)
    with aws_errors():
        return work(Site(stack, settings, session, engine, Screen(as_json=as_json), root=root), write)
