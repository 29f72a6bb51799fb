"""IAM: faster lookup of an access key's account, managed policies loaded once, and their names."""

from __future__ import annotations

from typing import Any

from sandbox.moto import accounts
from sandbox.moto.hooks import Asked, Params, corrects

_managed: list[Any] = []


@corrects("iam", "GetAccountAuthorizationDetails")
def name_policies(asked: Asked, answer: Params) -> Params:
    """Add the names of managed policies, which moto leaves out."""
    policies = [{"PolicyName": one["Arn"].rpartition("/")[2], **one} for one in answer.get("Policies", [])]
    return {**answer, "Policies": policies}


def install() -> None:
    """Replace two of moto's searches, which build every partition of every account."""
    from moto.iam import models

    models.get_account_id_from = accounts.account_of
    original = models.IAMBackend._init_aws_policies

    def managed(self: Any) -> list[Any]:
        """Load AWS's managed policies once; every account gets its own copies."""
        if not _managed:
            _managed.extend(original(self))
        return [_copied(policy) for policy in _managed]

    models.IAMBackend._init_aws_policies = managed  # type: ignore[method-assign]


def _copied(policy: Any) -> Any:
    # As copy.copy, without the registration of each that moto's classes have: there are 1,400 for an account.
    twin = object.__new__(type(policy))
    twin.__dict__.update(policy.__dict__)
    return twin
