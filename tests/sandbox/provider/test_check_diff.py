"""Check fills in what the real provider would, and Diff says what a change requires."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest

import sandbox.provider.types  # noqa: F401  (fills the table)
from sandbox.provider import check_diff, diff
from sandbox.provider.calls import Aws, Context
from sandbox.provider.rows import ROWS

SPEC = find_spec("pulumi_aws")
assert SPEC is not None
assert SPEC.origin is not None
SDK = Path(SPEC.origin).parent
TOPIC, ROLE = "aws:sns/topic:Topic", "aws:iam/role:Role"


def context(**tags: str) -> Context:
    aws = Aws(boto3.Session(region_name="eu-west-1"), "111122223333", "eu-west-1")
    return Context(aws, "urn:pulumi:dev::toy::x::name", "name", "eu-west-1", tags)


def check(token: str, given: dict[str, Any], **how: Any) -> dict[str, Any]:
    return check_diff.check(token, context(), given, **how)


def test_defaults_fill_in_what_the_program_leaves_out() -> None:
    inputs = check(ROLE, {"name": "r", "assumeRolePolicy": "{}", "path": "/own/"})
    assert (inputs["path"], inputs["maxSessionDuration"]) == ("/own/", 3600)
    assert inputs["__defaults"] == ["forceDetachPolicies", "maxSessionDuration"]


def test_a_name_that_was_given_automatically_stays() -> None:
    first = check(TOPIC, {})
    assert check(TOPIC, {"displayName": "new"}, old=first)["name"] == first["name"]
    assert check(TOPIC, {}, seed="i-1")["name"] != first["name"]


def test_default_tags_are_below_the_programs_own() -> None:
    inputs = check_diff.check(TOPIC, context(App="toy", Own="no"), {"tags": {"Own": "yes"}})
    assert inputs["tagsAll"] == {"App": "toy", "Own": "yes"}


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        ({"name": "t"}, {"name": "t", "fifoTopic": True}, True),
        ({"name": "t"}, {"name": "u"}, False),
        ({"name": "t-1"}, {"name": "t-1", "fifoTopic": True, "__defaults": ["name"]}, False),
    ],
    ids=["same name", "other name", "automatic name"],
)
def test_a_replacement_that_keeps_its_name_is_deleted_first(
    old: dict[str, Any], new: dict[str, Any], first: bool
) -> None:
    assert check_diff.compare(TOPIC, old, new).delete_first is first


def test_an_update_deletes_nothing_first() -> None:
    change = check_diff.compare(TOPIC, {"name": "t"}, {"name": "t", "displayName": "x"})
    assert change == diff.Change(("displayName",))


def test_what_aws_chooses_is_no_change_where_the_program_leaves_it_out() -> None:
    database = "aws:rds/instance:Instance"
    assert not check_diff.compare(database, {"kmsKeyId": "k"}, {})
    assert check_diff.compare(database, {"kmsKeyId": "k"}, {"kmsKeyId": "l"}).replace == ("kmsKeyId",)


def source_of(token: str) -> str:
    """The SDK's code of a type."""
    module, name = token.removeprefix("aws:").partition(":")[0].split("/")
    package = {"lambda": "lambda_"}.get(module, module)
    return (SDK / package / f"{snake(name)}.py").read_text()


def snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def test_what_the_sdk_keeps_secret_is_secret_in_the_table_too() -> None:
    for token, row in ROWS.items():
        declared = re.findall(r"additional_secret_outputs=\[(.*?)\]", source_of(token))
        assert set(re.findall(r'"(\w+)"', "".join(declared))) == set(row.secret.split()), token


def test_defaults_and_computed_inputs_are_inputs_of_their_type() -> None:
    for token, row in ROWS.items():
        if row.defaults or row.computed:
            known = set(re.findall(r'__props__\.__dict__\["(\w+)"\]', source_of(token)))
            names = (*row.defaults, *row.computed.split())
            assert {snake(name) for name in names} <= known, token
