"""The model of the limits that the policy pack enforces for one stack."""

from __future__ import annotations

from pydantic import Field

from settings.schema.base import Model


class PolicySettings(Model):
    """``strongroom:policies``: limits that the policy pack enforces; what is left out has none."""

    instance_classes: tuple[str, ...] = ()
    """The instance classes that databases may have (``db.t4g.medium``)."""
    storage_gib: int = Field(default=0, ge=0)
    """The most storage that one database or volume may have."""
    nat_gateways: int = Field(default=0, ge=0)
    """The most NAT gateways that the stack may have."""
