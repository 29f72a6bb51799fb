"""Reads the configuration of an AWS provider: region, default tags, allowed accounts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sandbox.provider.calls import SandboxError
from sandbox.provider.rows import Inputs


def decode(inputs: Inputs) -> Inputs:
    """A provider's inputs; every value that is not a string arrives as JSON text."""
    out = {}
    for key, value in inputs.items():
        try:
            out[key] = (
                json.loads(value) if isinstance(value, str) and value[:1] in "{[tf0123456789" else value
            )
        except ValueError:
            out[key] = value
    return out


@dataclass(frozen=True)
class Configuration:
    """The configuration of a provider resource, or of the stack's ``aws:`` values."""

    region: str = ""
    default_tags: dict[str, str] = field(default_factory=dict)
    allowed_accounts: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Inputs) -> Configuration:
        """Read from a provider's inputs, decoded."""
        tags = (values.get("defaultTags") or {}).get("tags") or {}
        allowed = tuple(str(account) for account in values.get("allowedAccountIds") or ())
        return cls(values.get("region") or "", tags, allowed)

    def check_account(self, account: str) -> None:
        """Raise for an account that is not among the allowed ones; where none is named, every account is."""
        if self.allowed_accounts and account not in self.allowed_accounts:
            raise SandboxError(f"AWS account ID not allowed: {account}")
