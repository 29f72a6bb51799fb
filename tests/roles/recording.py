"""Observes every API call that the commands make in this process, by the module that makes it.

Its fixtures fail a test whose command makes a call that ``command_calls.tsv`` lacks. The tests of ``ops``
have them; for other tests they are a plugin of pytest: ``python -m pytest -p tests.roles.recording PATH``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.roles import api_calls, commands

ROOT = str(Path(__file__).resolve().parents[2]) + "/"
Seen = Callable[[str, str, str], None]
"""Called with the module, the IAM action and the kind of resource."""


@contextmanager
def observed(seen: Seen) -> Iterator[None]:
    """Call ``seen`` for each API call of a module of ``ops``, before it is sent."""
    send = BaseClient._make_api_call  # type: ignore[attr-defined]

    def observing(self: Any, operation: str, params: dict[str, Any]) -> Any:
        module = _caller()
        if module is not None:
            model = self.meta.service_model
            what = api_calls.action(model.signing_name, operation)
            seen(module, what, api_calls.kind(model.service_name, operation, params))
        return send(self, operation, params)

    BaseClient._make_api_call = observing  # type: ignore[attr-defined]
    try:
        yield
    finally:
        BaseClient._make_api_call = send  # type: ignore[attr-defined]


def _caller() -> str | None:
    """The command's package below ``ops``, where the call comes from one; None for tests and the sandbox."""
    frame: Any = sys._getframe(2)
    command: str | None = None
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ROOT):
            folder, _, rest = name.removeprefix(ROOT).partition("/")
            # A test may have put a function of its own between a command and ops/core.
            if folder == ".venv" or (folder == "tests" and command == "core"):
                frame = frame.f_back
                continue
            if folder != "ops":
                return command
            # ops/core asks on behalf of the command above it.
            part = rest.split("/")
            if part[0] != "core":
                return "/".join(part[:2]).removesuffix(".py") if part[0] == "checks" else part[0]
            command = "core"
        frame = frame.f_back
    return command


Rows = set[tuple[str, str, str]]


@contextmanager
def unlisted(rows: Rows) -> Iterator[None]:
    """Add each call of a command that the table lacks to ``rows``."""
    known = commands.command_calls()

    def seen(*row: str) -> None:
        module, action, kind = row
        free = action.startswith("sts:") or module in commands.BY_AN_ADMINISTRATOR
        if not free and (module, action, kind) not in known:
            rows.add((module, action, kind))

    with observed(seen):
        yield


@contextmanager
def all_listed(rows: Rows) -> Iterator[None]:
    """Fail where ``rows`` grows meanwhile."""
    before = set(rows)
    yield
    if added := rows - before:
        lines = "\n".join("\t".join(row) for row in sorted(added))
        pytest.fail(
            f"add these calls to tests/roles/command_calls.tsv, from which roles are proved:\n{lines}"
        )


@pytest.fixture(scope="session")
def unlisted_calls() -> Iterator[Rows]:
    """The calls so far that the table lacks."""
    rows: Rows = set()
    with unlisted(rows):
        yield rows


@pytest.fixture(autouse=True)
def every_call_is_listed(unlisted_calls: Rows) -> Iterator[None]:
    """Fail a test whose command makes a call that the table lacks."""
    with all_listed(unlisted_calls):
        yield
