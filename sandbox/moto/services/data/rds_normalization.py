"""RDS: what it stores otherwise than it was given: names in lower case, and when a parameter is applied."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, corrects

NAMES = (
    "DBInstanceIdentifier",
    "DBParameterGroupName",
    "DBSubnetGroupName",
    "NewDBInstanceIdentifier",
    "SubscriptionName",
)
"""Parameters that RDS stores in lower case, and finds in any spelling."""
STATIC = frozenset(
    {
        "max_connections",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "wal_buffers",
    }
)
"""Parameters that PostgreSQL reads only when it starts."""
IMMEDIATE = "immediate"
"""What the real provider sends where a program says nothing."""
AT_REBOOT = frozenset({"rds.force_ssl"})
"""Dynamic parameters that RDS returns as pending-reboot, whatever was asked for.

github.com/hashicorp/terraform-provider-aws/issues/39252
"""


@corrects("rds", "ModifyDBParameterGroup")
def refuse_static(asked: Asked, answer: Params) -> Params:
    """Refuse to apply a static parameter immediately."""
    for one in asked.params.get("Parameters") or []:
        if one.get("ParameterName") in STATIC and _method(one) == IMMEDIATE:
            message = f"cannot use immediate apply method for static parameter {one['ParameterName']}"
            raise Refused("InvalidParameterCombination", message)
    return answer


@corrects("rds", "DescribeDBParameters")
def apply_methods(asked: Asked, answer: Params) -> Params:
    """Return when each parameter is applied, as RDS does."""
    found = [
        {**one, "ApplyMethod": "pending-reboot" if one["ParameterName"] in AT_REBOOT else _method(one)}
        for one in answer.get("Parameters", [])
    ]
    return {**answer, "Parameters": found}


def _method(parameter: Params) -> str:
    return parameter.get("ApplyMethod", IMMEDIATE)


def install() -> None:
    """Let moto see every name in lower case."""
    from moto.rds.responses import RDSResponse

    original = RDSResponse.parse_parameters

    def parse_parameters(self: Any, request: Any) -> None:
        original(self, request)
        for name in NAMES:
            if isinstance(given := self.params.get(name), str):
                self.params[name] = given.lower()

    RDSResponse.parse_parameters = parse_parameters  # type: ignore[method-assign]
