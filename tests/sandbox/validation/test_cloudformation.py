"""Tests of the way from an operation to the schema of a type, and of the keywords of schemas."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name

from sandbox.provider import types as types  # fills the table
from sandbox.provider.rows import ROWS
from sandbox.validation import cloudformation, json_schema
from sandbox.validation.cloudformation_types import DIFFERENT, OTHERS, target_of
from tests.sandbox.validation.planted import client

WITHOUT_SCHEMA = {
    "backup.PutBackupVaultAccessPolicy",
    "backup.PutBackupVaultLockConfiguration",
    "config.StartConfigurationRecorder",
    "ec2.AssociateRouteTable",
    "ec2.EnableEbsEncryptionByDefault",
    "ec2.ModifyInstanceMetadataDefaults",
    "ec2.ReplaceNetworkAclAssociation",
    "ec2.RevokeSecurityGroupIngress",
    "ecr.PutLifecyclePolicy",
    "ecr.SetRepositoryPolicy",
    "ecs.PutClusterCapacityProviders",
    "elbv2.RegisterTargets",
    "iam.AttachRolePolicy",
    "iam.UpdateAccountPasswordPolicy",
    "inspector2.Enable",
    "lambda.Invoke",
    "logs.PutDataProtectionPolicy",
    "rds.RegisterDBProxyTargets",
    "s3.PutBucketLogging",
    "secretsmanager.PutSecretValue",
    "securityhub.EnableSecurityHub",
    "sns.SetTopicAttributes",
    "sqs.SetQueueAttributes",
    "ssm.RegisterPatchBaselineForPatchGroup",
    "wafv2.AssociateWebACL",
}
"""Creating operations that CloudFormation has no type for, or describes by a property of another type."""


def created_by() -> set[str]:
    """The creating operations of all rows."""
    found = set()
    for row in ROWS.values():
        service, _, method = row.op.partition(".")
        names = client(service).meta.service_model.operation_names
        (operation,) = (name for name in names if xform_name(name) == method)
        if not operation.startswith(("List", "Describe", "Get")):
            found.add(f"{service}.{operation}")
    return found


def has_schema(call: str) -> bool:
    service, _, operation = call.partition(".")
    target = target_of(service, operation)
    return target is not None and cloudformation.resource_of(target.type) is not None


def test_every_creating_operation_is_checked_against_a_schema_but_these() -> None:
    assert {call for call in created_by() if not has_schema(call)} == WITHOUT_SCHEMA


def test_every_operation_that_is_named_otherwise_has_a_schema() -> None:
    assert {call for call in OTHERS if not has_schema(call)} == set()


def test_what_differs_from_the_service_says_why() -> None:
    assert all(len(reason) > 20 for reason in DIFFERENT.values())


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"enum": ["a"]}, "b", "must be a, not 'b'"),
        ({"enumCaseInsensitive": ["A"]}, "b", "must be a, not 'b'"),
        ({"enum": [1, 2]}, 3, "must be 1, 2, not 3"),
        ({"const": "a"}, "b", "must be a, not 'b'"),
        ({"pattern": "^a"}, "b", "'b' must match ^a"),
        ({"type": "string", "pattern": "^[0-9]$"}, 10, "'10' must match ^[0-9]$"),
        ({"minLength": 2}, "a", "1 characters, at least 2"),
        ({"maxLength": 2}, "abc", "3 characters, at most 2"),
        ({"minimum": 2}, 1, "1, at least 2"),
        ({"maximum": 2}, 3, "3, at most 2"),
        ({"minItems": 2}, ["a"], "1 items, at least 2"),
        ({"maxItems": 1}, ["a", "b"], "2 items, at most 1"),
        ({"uniqueItems": True}, ["a", "a"], "an item is listed twice"),
        ({"items": {"enum": ["a"]}}, ["b"], "must be a, not 'b'"),
        ({"properties": {"A": {"enum": ["a"]}}}, {"A": "b"}, "must be a, not 'b'"),
        ({"properties": {"A": False}}, {"A": "b"}, "not allowed here"),
        ({"propertyNames": {"not": {"enum": ["A"]}}}, {"A": 1}, "a name that is not allowed"),
        ({"dependentExcluded": {"A": ["B"]}}, {"A": 1, "B": 1}, "not allowed together with B"),
        ({"allOf": [{"enum": ["a"]}]}, "b", "must be a, not 'b'"),
        ({"$ref": "#/definitions/A", "definitions": {"A": {"enum": ["a"]}}}, "b", "must be a, not 'b'"),
    ],
)
def test_a_keyword_of_a_schema_refuses_what_it_does_not_allow(schema: Any, value: Any, said: str) -> None:
    (problem,) = json_schema.problems(schema, value, schema)
    assert problem.text == said


def test_an_empty_value_excludes_no_other() -> None:
    schema = {"dependentExcluded": {"A": ["B"], "B": ["A"]}}
    assert list(json_schema.problems(schema, {"A": [], "B": "b"}, schema)) == []


CONDITION = {
    "if": {"required": ["A"], "properties": {"A": {"const": "x"}}},
    "then": {"properties": {"B": {"maximum": 1}}},
    "else": {"properties": {"B": {"minimum": 5}}},
}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"A": "x", "B": 1}, []),
        ({"A": "x", "B": 2}, ["2, at most 1"]),
        ({"A": "y", "B": 2}, ["2, at least 5"]),
        ({"B": 5}, []),
    ],
)
def test_a_condition_chooses_the_rule(value: dict[str, Any], said: list[str]) -> None:
    assert [one.text for one in json_schema.problems(CONDITION, value, CONDITION)] == said


@pytest.mark.parametrize(
    ("schema", "value", "holds"),
    [
        (True, 1, True),
        (False, 1, False),
        ({"type": "string"}, "a", True),
        ({"type": ["object", "array"]}, "a", False),
        ({"not": {"const": "a"}}, "a", False),
        ({"anyOf": [{"const": "a"}, {"const": "b"}]}, "b", True),
        ({"allOf": [{"const": "a"}, {"const": "b"}]}, "b", False),
        ({"oneOf": [{"const": "b"}, {"type": "string"}]}, "b", False),
        ({"required": ["A"]}, {"B": 1}, False),
    ],
)
def test_a_condition_holds_by_its_keywords(schema: Any, value: Any, holds: bool) -> None:
    assert json_schema.holds(schema, value, {}) is holds
