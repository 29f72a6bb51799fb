"""Stand-ins for what other components pass to the one under test: addresses, ARNs, dependencies.

Stand-ins with outputs are created inside a test's program, because an output belongs to the event loop of one
run.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast, get_args

import pulumi

from components.kms import Keys, Purpose
from components.network import Placement
from tests.harness import ACCOUNT, REGION

PUBLIC, PRIVATE, ISOLATED = (
    Placement("vpc-1", [f"{tier}-a", f"{tier}-b"]) for tier in ("public", "private", "isolated")
)


def key_arn(purpose: Purpose) -> str:
    """The ARN of the key for ``purpose``."""
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:keys-{purpose}"


def keys() -> Keys:
    """A key for every purpose."""
    return standing_in(
        arns={purpose: pulumi.Output.from_input(key_arn(purpose)) for purpose in get_args(Purpose)}
    )


def secret_arn(store_name: str) -> str:
    """The ARN of the secret that has this name in the store."""
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{store_name}"


def waited_for(name: str) -> pulumi.Resource:
    """A resource that the component under test depends on."""
    return pulumi.CustomResource("test:index:StandIn", name)


def standing_in(**attributes: Any) -> Any:
    """An object with the attributes that the component under test reads of another component."""
    return cast(Any, SimpleNamespace(**attributes))
