"""Observes every API call that the program's commands make in this process, by the module that makes it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from tests.roles import api_calls

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
            seen(module, what, api_calls.kind(model.service_name, params))
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
            if folder == ".venv":
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
