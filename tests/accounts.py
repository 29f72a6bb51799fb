"""An account of its own for every world: the emulation forgets one only when the last open world closes."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from tests.program import config_of

_accounts = (str(number) for number in count(777788880001))


def own_account(stack: str) -> dict[str, Any]:
    """What to merge into a stack file so that its world is in an account nobody else uses."""
    account = next(_accounts)
    return {
        "strongroom:accountId": account,
        "strongroom:administrators": [f"arn:aws:iam::{account}:role/{application(stack)}-pulumi-up"],
    }


def application(stack: str) -> str:
    """The application's name in the stack file."""
    return str(json.loads(config_of(stack)["strongroom:application"])["name"])
