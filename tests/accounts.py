"""Gives each sandbox its own account, because moto resets accounts only when the last sandbox closes."""

from __future__ import annotations

import json
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
