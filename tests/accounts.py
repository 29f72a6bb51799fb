"""Accounts and sessions of emulated AWS for tests.

Each sandbox has its own account, because moto resets accounts only when the last sandbox closes.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import count
from typing import Any

from tests.program import config_of

_accounts = (str(number) for number in count(777788880001))


def own_account(stack: str) -> dict[str, Any]:
    """Overrides for a stack file that move its sandbox to an account that no other test uses."""
    account = next(_accounts)
    return {
        "strongroom:accountId": account,
        "strongroom:administrators": [f"arn:aws:iam::{account}:role/{application(stack)}-pulumi-up"],
    }


def application(stack: str) -> str:
    """The application's name in the stack file."""
    return str(json.loads(config_of(stack)["strongroom:application"])["name"])


def reusing_clients(session: Any) -> Any:
    """Let the session return the client that it made before: a command makes its own, 30 ms each."""
    session.client = cache(session.client)
    return session
