"""Tests of the roles of people: assumed with MFA only, corrected when somebody widened them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from iam_documents import Request, decide
from ops.bootstrap import documents, plan
from ops.bootstrap.roles import people_roles
from ops.bootstrap.steps import Repository
from ops.core.aws_state import AwsState
from sandbox import Sandbox
from tests.ops.live import declared

ACCOUNT = "444455556667"
AWS_POLICIES = "arn:aws:iam::aws:policy"
POLICIES = {"aiponge-emergency": "AdministratorAccess", "aiponge-auditor": "SecurityAudit"}
EACH_ROLE = pytest.mark.parametrize("role", POLICIES)
MFA = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}


def aws(sandbox: Sandbox) -> AwsState:
    return AwsState(declared(account=ACCOUNT), sandbox.session)


def open_steps(sandbox: Sandbox) -> list[list[str]]:
    return [step.wrong or [] for step in people_roles(aws(sandbox)) if not step.done]


@pytest.fixture(scope="module")
def made() -> Iterator[Sandbox]:
    """An account with both roles; a test that changes something restores it."""
    with Sandbox("staging", config={"strongroom:accountId": ACCOUNT}) as sandbox:
        for step in people_roles(aws(sandbox)):
            step.make()
        yield sandbox


@pytest.mark.accepts("B38")
@EACH_ROLE
@pytest.mark.parametrize(
    ("context", "decision"),
    [
        (MFA, "allowed"),
        ({}, "implicitDeny"),
        ({**MFA, "aws:MultiFactorAuthPresent": "false"}, "implicitDeny"),
        ({"aws:MultiFactorAuthPresent": "true"}, "implicitDeny"),
        ({**MFA, "aws:MultiFactorAuthAge": "3600"}, "implicitDeny"),
    ],
)
def test_a_user_assumes_it_with_mfa_of_the_last_hour_only(
    made: Sandbox, role: str, context: dict[str, str], decision: str
) -> None:
    trust = made.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    for user, expected in ((ACCOUNT, decision), ("999988887777", "implicitDeny")):
        asked = Request("sts:AssumeRole", "", f"arn:aws:iam::{user}:user/somebody", context)
        assert decide([trust], asked, names_principal=True) == expected


@EACH_ROLE
def test_it_has_one_policy_of_aws_and_sessions_of_an_hour(made: Sandbox, role: str) -> None:
    iam = made.client("iam")
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [f"{AWS_POLICIES}/{POLICIES[role]}"]
    assert iam.get_role(RoleName=role)["Role"]["MaxSessionDuration"] == 3600


def test_a_second_run_finds_both_right(made: Sandbox) -> None:
    assert open_steps(made) == []


@EACH_ROLE
def test_a_role_that_was_widened_is_corrected(made: Sandbox, role: str) -> None:
    iam = made.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    anybody = json.dumps({"Version": "2012-10-17", "Statement": trust})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=anybody)
    iam.update_role(RoleName=role, MaxSessionDuration=43200)
    iam.detach_role_policy(RoleName=role, PolicyArn=f"{AWS_POLICIES}/{POLICIES[role]}")
    iam.attach_role_policy(RoleName=role, PolicyArn=f"{AWS_POLICIES}/ReadOnlyAccess")
    iam.put_role_policy(RoleName=role, PolicyName="extra", PolicyDocument=json.dumps(_everything()))
    (wrong,) = open_steps(made)
    assert wrong == [
        "its trust policy differs",
        "its maximum session duration is not 1 hour",
        f"it lacks {POLICIES[role]}",
        "it has other policies",
    ]
    for step in people_roles(aws(made)):
        if not step.done:
            step.make()
    assert open_steps(made) == []


def _everything() -> Any:
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def test_the_operator_is_told_to_declare_the_emergency_role_an_administrator(made: Sandbox) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/aiponge-emergency"
    line = f"in Pulumi.staging.yaml, strongroom:administrators: add {arn}"
    state = aws(made)
    work = plan(state, Repository("acme", "infra", 11, 22))
    assert line in work.next("staging")
    state.settings = state.settings.model_copy(
        update={"administrators": (*state.settings.administrators, arn)}
    )
    assert line not in work.next("staging")


def test_the_trust_policy_fits_into_iam() -> None:
    text = json.dumps(documents.people_trust(declared(account=ACCOUNT).names), separators=(",", ":"))
    assert len(text) <= 2048
