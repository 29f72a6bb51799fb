"""Resource options for the children of a component."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi


def child_of(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """Options of a child of ``owner``, with its provider and its protection."""
    return pulumi.ResourceOptions(parent=owner, depends_on=depends_on)


def irreplaceable(owner: pulumi.Resource) -> pulumi.ResourceOptions:
    """Options of a random value that only the state holds: protected even where ``owner`` is not."""
    return pulumi.ResourceOptions(parent=owner, protect=True)


def unprotected_child(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """Options of a value or permission that can be replaced or deleted while ``owner`` is protected."""
    return pulumi.ResourceOptions(parent=owner, protect=False, retain_on_delete=False, depends_on=depends_on)
