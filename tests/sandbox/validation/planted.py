"""Calls of emulated AWS with one mistake each."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore import xform_name

from sandbox import moto as emulator


@cache
def client(service: str) -> Any:
    """A client as the sandbox makes them."""
    session: Any = emulator.session_of("eu-west-1", "testing", "testing")
    return session.client(service)


def send(call: str, params: dict[str, Any]) -> Any:
    """Make the call "service.Operation"."""
    service, _, operation = call.partition(".")
    return getattr(client(service), xform_name(operation))(**params)
