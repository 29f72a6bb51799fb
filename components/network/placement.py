"""The subnets of one tier, passed as one value to the components that run in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Placement:
    """The VPC and the subnets of one tier: ``network.isolated``."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
