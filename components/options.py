"""The ways a component owns a resource."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi


def child_of(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """Part of ``owner``: shares its provider, its protection and its fate."""
    return pulumi.ResourceOptions(parent=owner, depends_on=depends_on)


def irreplaceable(owner: pulumi.Resource) -> pulumi.ResourceOptions:
    """Something random of ``owner`` that nothing but the state holds: protected whatever ``owner`` is."""
    return pulumi.ResourceOptions(parent=owner, protect=True)


def unprotected_child(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """A value or permission of ``owner`` that can be replaced or withdrawn while ``owner`` is protected."""
    return pulumi.ResourceOptions(parent=owner, protect=False, retain_on_delete=False, depends_on=depends_on)
