"""Describes one request to AWS as policies see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Values = str | Sequence[str]


@dataclass(frozen=True)
class Request:
    """One call: who asks for which action on which resource."""

    action: str
    resource: str
    principal: str
    """The ARN of the role or user that calls, or the name of the AWS service."""
    context: Mapping[str, Values] = field(default_factory=dict)
    """Condition keys beyond the principal's own."""

    @property
    def is_service(self) -> bool:
        """Whether an AWS service calls by itself."""
        return not self.principal.startswith("arn:")

    @property
    def account(self) -> str:
        """The caller's account; a service has none."""
        return "" if self.is_service else self.principal.split(":")[4]

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Every condition key in lower case, as IAM compares them."""
        own = {"aws:PrincipalArn": self.principal, "aws:PrincipalAccount": self.account}
        if self.is_service:
            own = {"aws:PrincipalServiceName": self.principal, "aws:PrincipalIsAWSService": "true"}
        return {
            name.lower(): (value,) if isinstance(value, str) else tuple(value)
            for name, value in {**own, **self.context}.items()
        }
