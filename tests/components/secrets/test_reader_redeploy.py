"""Tests of ReaderRedeploy: the readers are redeployed after a rotation, under their former URNs."""

from __future__ import annotations

import json
from typing import Any, cast

import pulumi
import pytest

from components.secrets import ReaderRedeploy, ReaderRedeployArgs
from settings import read_stack_file
from tests.components.alone import build
from tests.components.stand_ins import key_arn, keys, secret_arn
from tests.harness import ACCOUNT, Deployment

URL_ARN = secret_arn("aiponge/database-url")
READERS = ("system", "storage", "user")
ROTATION = "urn:pulumi:test::strongroom::strongroom:index:Rotation"
FUNCTION = f"{ROTATION}$strongroom:index:Function"
# As in the state of a stack that was last updated before ReaderRedeploy was a component.
FORMER_URNS = {
    f"{FUNCTION}::rotation-redeploy",
    f"{FUNCTION}$aws:cloudwatch/logGroup:LogGroup::rotation-redeploy-log",
    f"{FUNCTION}$aws:iam/role:Role::rotation-redeploy-role",
    f"{FUNCTION}$aws:iam/rolePolicy:RolePolicy::rotation-redeploy-permission",
    f"{FUNCTION}$aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
    "::rotation-redeploy-attachments",
    f"{FUNCTION}$aws:lambda/function:Function::rotation-redeploy-function",
    f"{ROTATION}$aws:cloudwatch/eventRule:EventRule::rotation-rotated",
    f"{ROTATION}$aws:cloudwatch/eventTarget:EventTarget::rotation-rotated",
    f"{ROTATION}$aws:lambda/permission:Permission::rotation-redeploy",
}


class RotationStandIn(pulumi.ComponentResource):
    """A component with the type and name of the rotation, the former parent of the children."""

    def __init__(self) -> None:
        super().__init__("strongroom:index:Rotation", "rotation")
        self.secret_arn = pulumi.Output.from_input(URL_ARN)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    names = read_stack_file("prod").names

    def program() -> ReaderRedeploy:
        args = ReaderRedeployArgs(
            names=names,
            rotation=cast(Any, RotationStandIn()),
            cluster_name="aiponge-prod",
            readers={reader: names.part(reader) for reader in READERS},
            keys=keys(),
            log_days=365,
            code=pulumi.AssetArchive({}),
        )
        return ReaderRedeploy("rotation", args)

    return build(program)


def test_each_child_has_its_former_urn_as_alias(prod: Deployment) -> None:
    children = [one for one in prod.resources if "ReaderRedeploy$" in one.urn]
    assert {urn for one in children for urn in one.aliases} == FORMER_URNS
    assert [len(one.aliases) for one in children] == [1] * len(FORMER_URNS)


def test_no_resource_has_a_former_urn_now(prod: Deployment) -> None:
    assert FORMER_URNS & {one.urn for one in prod.resources} == set()


@pytest.mark.accepts("A33")
def test_after_a_rotation_exactly_the_readers_start_anew(prod: Deployment) -> None:
    function = prod.named("rotation-redeploy-function")
    named = json.loads(function["environment"]["variables"]["READERS"])
    assert named == [f"aiponge-{service}" for service in READERS]
    (right,) = statement(prod, ["ecs:DescribeServices", "ecs:UpdateService"])
    base = f"arn:aws:ecs:eu-west-1:{ACCOUNT}"
    assert right["Resource"] == [f"{base}:service/aiponge-prod/{service}" for service in named]
    assert right["Condition"] == {"ArnEquals": {"ecs:cluster": f"{base}:cluster/aiponge-prod"}}


def test_only_a_finished_rotation_of_this_secret_starts_them(prod: Deployment) -> None:
    pattern = prod.named("rotation-rotated", "EventRule").document("eventPattern")
    assert pattern["detail"] == {
        "eventName": ["RotationSucceeded"],
        "additionalEventData": {"SecretId": [URL_ARN]},
    }
    permission = prod.named("rotation-redeploy", "Permission")
    assert permission["principal"] == "events.amazonaws.com"
    assert permission["sourceArn"] == prod.named("rotation-rotated", "EventRule").arn


@pytest.mark.accepts("A40")
def test_its_log_is_declared_encrypted_and_kept(prod: Deployment) -> None:
    group = prod.named("rotation-redeploy-log", "LogGroup")
    function = prod.named("rotation-redeploy-function")
    assert group["name"] == f"/aws/lambda/{function['name']}"
    assert (group["kmsKeyId"], group["retentionInDays"]) == (key_arn("logs"), 365)
    assert group.urn in function.depends_on


def test_a_runaway_caller_meets_a_limit(prod: Deployment) -> None:
    assert 1 <= prod.named("rotation-redeploy-function")["reservedConcurrentExecutions"] <= 3


def statement(deployment: Deployment, actions: list[str]) -> list[dict[str, Any]]:
    policy = deployment.named("rotation-redeploy-permission", "RolePolicy").document("policy")
    return [one for one in policy["Statement"] if one["Action"] == actions]
