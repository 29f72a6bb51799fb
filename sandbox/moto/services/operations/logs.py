"""CloudWatch Logs: queries, policies of log groups and of the account, and the key of a log group."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, answers
from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "logs",
        ("queryDefinitionId",),
        create="PutQueryDefinition",
        reads="DescribeQueryDefinitions",
        delete="DeleteQueryDefinition",
    ),
    Kind(
        "logs",
        ("logGroupIdentifier",),
        create="PutDataProtectionPolicy",
        reads="GetDataProtectionPolicy",
        delete="DeleteDataProtectionPolicy",
    ),
    Kind(
        "logs",
        ("policyType", "policyName"),
        create="PutAccountPolicy",
        reads="DescribeAccountPolicies",
        delete="DeleteAccountPolicy",
    ),
    Kind(
        "logs",
        ("name",),
        create="CreateScheduledQuery",
        reads="ListScheduledQueries",
        delete="DeleteScheduledQuery",
        also=(("name", "identifier"),),
        arn="arn:aws:logs:{region}:{account}:scheduled-query:{id}",
    ),
)


@answers("logs", "AssociateKmsKey")
def give_log_key(asked: Asked) -> Params:
    """Change the key of a group."""
    group: Any = asked.backend.groups.get(asked.params.get("logGroupName"))
    if group is None:
        raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
    group.kms_key_id = asked.params["kmsKeyId"]
    return {}
