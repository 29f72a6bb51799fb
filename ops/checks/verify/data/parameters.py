"""Reads the parameters of an RDS instance."""

from __future__ import annotations

from ops.core.aws_state import AwsState, Item


def parameters_of(aws: AwsState, one: Item) -> dict[str, str]:
    """Parameters with a non-default value, by name."""
    found: dict[str, str] = {}
    for group in one.get("DBParameterGroups", []):
        name = group["DBParameterGroupName"]
        if name.startswith("default."):
            continue  # AWS's default group has no values of ours
        listed = aws.list(
            "rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user"
        )
        found |= {each["ParameterName"]: str(each.get("ParameterValue", "")) for each in listed}
    return found
