"""Describes one request to AWS for policy evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Values = str | Sequence[str]


@dataclass(frozen=True)
class Request:
    """One request: principal, action and resource."""

    action: str
    resource: str
    principal: str
    """The ARN of the calling role or user, or the name of the AWS service."""
    context: Mapping[str, Values] = field(default_factory=dict)
    """Condition keys beyond the principal's own."""

    @property
    def is_service(self) -> bool:
        """Whether the caller is an AWS service."""
        return not self.principal.startswith("arn:")

    @property
    def account(self) -> str:
        """The caller's account id, empty for an AWS service."""
        return "" if self.is_service else self.principal.split(":")[4]

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Every condition key in lower case, as IAM compares them."""
        own = {"aws:PrincipalArn": self.principal, "aws:PrincipalAccount": self.account}
        if self.action.lower().startswith("kms:"):
            own["kms:CallerAccount"] = self.account
        if self.is_service:
            own = {"aws:PrincipalServiceName": self.principal, "aws:PrincipalIsAWSService": "true"}
        return {
            name.lower(): (value,) if isinstance(value, str) else tuple(value)
            for name, value in {**own, **self.context}.items()
        }
