"""A change by hand that attaches something to a running stack, and the finding that it must cause."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from moto.backends import get_backend

from tests.ops.live import Live, Make, Undo

STRANGER = "999988887777"
"""An account that is not the stack's."""
STRANGE_ROLE = f"arn:aws:iam::{STRANGER}:role/x"


@dataclass(frozen=True)
class Plant:
    """The type and attachment of a row of the table, the change, and a part of the finding."""

    type: str
    attachment: str
    make: Make
    says: str

    @property
    def id(self) -> str:
        """Its name in the list of tests."""
        return f"{self.type.rpartition(':')[2]}-{self.attachment}"


def made(service: str, create: str, delete: str, *ids: str, **given: Any) -> Make:
    """Create something, and delete it by those parameters that ``ids`` name; functions get the stack."""

    def make(live: Live) -> Undo:
        client, params = live.client(service), _resolved(live, given)
        getattr(client, create)(**params)
        return lambda: getattr(client, delete)(**{key: params[key] for key in ids})

    return make


def answered(service: str, create: str, delete: str, *ids: str, **given: Any) -> Make:
    """Create something, and delete it by members of the response, or by parameters."""

    def make(live: Live) -> Undo:
        client, params = live.client(service), _resolved(live, given)
        known = params | (getattr(client, create)(**params) or {})
        return lambda: getattr(client, delete)(**{key: known[key] for key in ids})

    return make


def _resolved(live: Live, given: dict[str, Any]) -> dict[str, Any]:
    return {key: value(live) if callable(value) else value for key, value in given.items()}


def all_of(*makes: Make) -> Make:
    """Several changes, reverted in the opposite order."""

    def make(live: Live) -> Undo:
        undos = [one(live) for one in makes]
        return lambda: [undo() for undo in reversed(undos)]

    return make


def global_backend(live: Live, service: str) -> Any:
    """moto's backend of a service that has no regions."""
    live.touched.add(service)
    return cast(Any, get_backend)(service)[live.settings.account_id]["aws"]


def allowing(action: str, resource: str = "*", who: Any = None) -> dict[str, Any]:
    """A statement that lets another account in."""
    principal = {"AWS": STRANGE_ROLE} if who is None else who
    return {
        "Sid": "ByHand",
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": resource,
    }


def policy(*statements: dict[str, Any]) -> str:
    """The text of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def added(text: str, statement: dict[str, Any]) -> str:
    """The text of a policy with one more statement."""
    document = json.loads(text)
    return json.dumps({**document, "Statement": [*document["Statement"], statement]})
