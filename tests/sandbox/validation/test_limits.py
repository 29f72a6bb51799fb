"""Tests of limits that no model states: every row of the table is broken once, and met exactly once."""

from __future__ import annotations

import base64
import json
from typing import Any

import jmespath
import pytest

from sandbox.validation import client_hook
from sandbox.validation.limit_rows import ROWS, Row
from sandbox.validation.measures import MANAGED_RULES, as_json, capacity
from tests.sandbox.validation.planted import client

# For rows whose parameter is no plain text: a value of the given size.
MAKERS: dict[str, Any] = {
    "decoded": lambda size: base64.b64encode(b"x" * size).decode(),
    "entries": lambda size: {"NAME": "x" * (size - 4)},
    "widgets": lambda size: json.dumps({"widgets": [{}] * size}),
    "alarm_states": lambda size: " OR ".join(f'ALARM("{number}")' for number in range(size)),
    "len": lambda size: [{} for _ in range(size)],
    "capacity": lambda size: [{"Statement": {}}] * size,
    "as_json": lambda size: {"family": "x" * (size - len('{"family":""}'))},
}
EXTRA = {
    "AttributeName == 'Policy'": {"AttributeName": "Policy"},
    "Engine == 'postgres'": {"Engine": "postgres"},
    "!Tier || Tier == 'Standard'": {},
    "": {"Tier": "Advanced"},
}


def params_of(row: Row, size: int) -> dict[str, Any]:
    """Parameters with a value of the size in the row's place."""
    value = MAKERS.get(row.measure.__name__, lambda size: "x" * size)(size)
    if row.path == "@":
        return value
    for part in reversed(row.path.split(".")):
        value = {part.removesuffix("[]"): [value] if part.endswith("[]") else value}
    return {**EXTRA[row.when], **value}


def said(call: str, params: dict[str, Any]) -> list[str]:
    """What the own table says about a call."""
    service, _, operation = call.partition(".")
    model = client(service).meta.service_model.operation_model(operation)
    return [str(one) for one in client_hook.limits.problems(model, params)]


CALLS = [(call, row) for row in ROWS for call in row.calls.split()]


@pytest.mark.parametrize(("call", "row"), CALLS, ids=lambda one: one if isinstance(one, str) else one.path)
def test_a_parameter_over_its_limit_is_refused_with_the_page_that_says_so(call: str, row: Row) -> None:
    limit = row.limit
    assert any(
        f"{limit.value + 1} {limit.unit}, at most {limit.value} ({limit.source})" in one
        for one in said(call, params_of(row, limit.value + 1))
    )


@pytest.mark.parametrize(("call", "row"), CALLS, ids=lambda one: one if isinstance(one, str) else one.path)
def test_a_parameter_at_its_limit_is_taken(call: str, row: Row) -> None:
    assert said(call, params_of(row, row.limit.value)) == []


@pytest.mark.parametrize(("call", "row"), CALLS, ids=lambda one: one if isinstance(one, str) else one.path)
def test_every_parameter_of_the_table_exists_in_the_service_model(call: str, row: Row) -> None:
    service, _, operation = call.partition(".")
    shape = client(service).meta.service_model.operation_model(operation).input_shape
    for part in row.path.split(".") if row.path != "@" else ():
        if shape.type_name == "map":
            break
        shape = shape.members[part.removesuffix("[]")]
        if part.endswith("[]"):
            shape = shape.member
    assert jmespath.compile(row.when or "@")


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("s3.CreateBucket", {"Bucket": "Upper"}),
        ("s3.CreateBucket", {"Bucket": "two..dots"}),
        ("s3.CreateBucket", {"Bucket": "ab"}),
        ("elbv2.CreateLoadBalancer", {"Name": "internal-one"}),
        ("elbv2.CreateTargetGroup", {"Name": "one-"}),
        ("elasticache.CreateReplicationGroup", {"ReplicationGroupId": "two--hyphens"}),
        ("elasticache.CreateReplicationGroup", {"ReplicationGroupId": "one", "AuthToken": "short"}),
        ("elasticache.CreateUser", {"UserId": "1st"}),
        ("elasticache.CreateUser", {"UserId": "one", "Passwords": ["short"]}),
        ("rds.CreateDBInstance", {"Engine": "postgres", "DBName": "1st"}),
        ("rds.CreateDBSubnetGroup", {"DBSubnetGroupName": "default"}),
    ],
)
def test_a_name_of_another_form_is_refused(call: str, params: dict[str, Any]) -> None:
    assert len(said(call, params)) == 1


def test_policies_are_counted_without_white_space() -> None:
    spaced = {"PolicyDocument": "x " * 6_144}
    assert said("iam.CreatePolicy", spaced) == []
    assert len(said("iam.CreatePolicy", {"PolicyDocument": "x " * 6_145})) == 1


def test_a_web_acl_has_the_capacity_of_its_rules() -> None:
    def managed(name: str) -> dict[str, Any]:
        return {"Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}}

    rules = [managed(name) for name in sorted(MANAGED_RULES)]
    rate = {"Statement": {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}}}
    assert capacity([*rules, rate]) == sum(MANAGED_RULES.values()) + 2
    assert said("wafv2.CreateWebACL", {"Rules": rules * 3}) != []


def test_a_structure_is_measured_as_json() -> None:
    assert as_json({"family": "ä"}) == len('{"family":"\\u00e4"}')
