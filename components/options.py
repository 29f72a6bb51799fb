"""Resource options for the children of a component."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pulumi


def child_of(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """Options of a child of ``owner``, with its provider and its protection."""
    return pulumi.ResourceOptions(parent=owner, depends_on=depends_on)


def irreplaceable(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """Options of what holds data that its replacement lacks: protected even where ``owner`` is not."""
    return pulumi.ResourceOptions(parent=owner, protect=True, depends_on=depends_on)


def allow_replacement(names: Collection[str]) -> None:
    """Remove the protection of these AWS resources, by resource name, in every later registration.

    The engine replaces a resource only where the program no longer protects it. Random values stay protected:
    only the state holds them.
    """

    def unprotect(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.name not in names or not args.type_.startswith("aws:"):
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=False))
        return pulumi.ResourceTransformationResult(args.props, opts)

    if names:
        pulumi.log.warn(f"allowReplace: {', '.join(names)} can be replaced; remove it after this update")
        pulumi.runtime.register_stack_transformation(unprotect)


def unprotected_child(
    owner: pulumi.Resource, depends_on: Sequence[pulumi.Resource] | None = None
) -> pulumi.ResourceOptions:
    """Options of a value or permission that can be replaced or deleted while ``owner`` is protected."""
    return pulumi.ResourceOptions(parent=owner, protect=False, retain_on_delete=False, depends_on=depends_on)
