"""Names the snapshot that AWS makes when a database or cache is deleted."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_random as random

from components.options import unprotected_child


def final_snapshot_name(
    owner: pulumi.Resource, identifier: str, keepers: Mapping[str, str]
) -> pulumi.Output[str]:
    """``<identifier>-final-<8 digits>``; ``keepers`` are what replaces the resource.

    A snapshot outlives its stack, and AWS deletes nothing whose final snapshot has a name that is taken: a
    stack that is created and deleted a second time, or a resource that is replaced, has another name.
    """
    suffix = random.RandomInteger(
        f"{owner.pulumi_resource_name}-final-snapshot",
        min=10_000_000,
        max=99_999_999,
        keepers={**keepers},
        opts=unprotected_child(owner),
    )
    return pulumi.Output.concat(identifier, "-final-", suffix.result.apply(str))
