"""Tests of Rotation: one function writes the database URL, and readers wait for its first value."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.secrets import Rotation, RotationArgs
from settings import read_stack_file
from tests.components.alone import build
from tests.components.stand_ins import ISOLATED, key_arn, keys, secret_arn, standing_in
from tests.harness import ACCOUNT, MASTER_SECRET_ARN, Deployment

GROUP, URL_ARN = "sg-rotate", secret_arn("aiponge/database-url")


@pytest.fixture(scope="module")
def prod() -> Deployment:
    settings = read_stack_file("prod")
    secret = settings.rotated_secret
    assert secret is not None

    def program() -> dict[str, Any]:
        database = standing_in(
            address="db.internal",
            port=pulumi.Output.from_input(5432),
            master_secret_arn=pulumi.Output.from_input(MASTER_SECRET_ARN),
        )
        rotation = Rotation(
            "rotation",
            RotationArgs(
                names=settings.names,
                secret=secret,
                secrets=standing_in(arns={secret.name: pulumi.Output.from_input(URL_ARN)}),
                database=database,
                database_name="aiponge",
                placement=ISOLATED,
                security_group_id=GROUP,
                keys=keys(),
                log_days=365,
                code=pulumi.AssetArchive({}),
            ),
        )
        return {"ready": [one.urn for one in rotation.ready]}

    return build(program)


def statements(deployment: Deployment) -> list[dict[str, Any]]:
    return deployment.named("rotation-rotate-permission", "RolePolicy").document("policy")["Statement"]


def statement(deployment: Deployment, action: str) -> list[dict[str, Any]]:
    def actions(one: dict[str, Any]) -> list[str]:
        return [one["Action"]] if isinstance(one["Action"], str) else one["Action"]

    return [one for one in statements(deployment) if action in actions(one)]


@pytest.mark.accepts("A33")
def test_the_url_is_rotated_every_thirty_days_by_the_function(prod: Deployment) -> None:
    schedule = prod.only("SecretRotation")
    assert schedule["secretId"] == URL_ARN
    assert schedule["rotationLambdaArn"] == prod.named("rotation-rotate-function").arn
    assert schedule["rotationRules"] == {"automaticallyAfterDays": 30}
    assert schedule["rotateImmediately"] is True


@pytest.mark.accepts("A33")
def test_only_secrets_manager_calls_it_and_for_this_secret(prod: Deployment) -> None:
    permission = prod.named("rotation-rotate", "Permission")
    assert permission["principal"] == "secretsmanager.amazonaws.com"
    assert permission["sourceArn"] == URL_ARN
    assert permission["sourceAccount"] == ACCOUNT


@pytest.mark.accepts("A33")
@pytest.mark.attack(13)
def test_it_writes_its_own_secret_and_reads_the_master_secret_only(prod: Deployment) -> None:
    (own,) = statement(prod, "secretsmanager:PutSecretValue")
    assert own["Resource"] == URL_ARN
    reads = statement(prod, "secretsmanager:GetSecretValue")
    assert [one["Resource"] for one in reads] == [URL_ARN, MASTER_SECRET_ARN]


@pytest.mark.accepts("A33")
@pytest.mark.attack(13)
def test_it_decrypts_these_two_secrets_through_their_store_only(prod: Deployment) -> None:
    assert {
        (one["Resource"], one["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"])
        for one in statement(prod, "kms:Decrypt")
        if one["Condition"]["StringEquals"]["kms:ViaService"] == "secretsmanager.eu-west-1.amazonaws.com"
    } == {(key_arn("secrets"), URL_ARN), (key_arn("data"), MASTER_SECRET_ARN)}


def test_it_runs_in_the_isolated_tier_in_a_group_of_its_own(prod: Deployment) -> None:
    inside = prod.named("rotation-rotate-function")["vpcConfig"]
    assert inside["subnetIds"] == ISOLATED.subnet_ids
    assert inside["securityGroupIds"] == [GROUP]


def test_its_code_may_not_touch_network_interfaces(prod: Deployment) -> None:
    (denied,) = (one for one in statements(prod) if one["Effect"] == "Deny")
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:aiponge-rotate"
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": function}}
    assert "ec2:CreateNetworkInterface" in denied["Action"]


@pytest.mark.attack(6)
def test_its_environment_names_places_and_holds_no_value(prod: Deployment) -> None:
    function = prod.named("rotation-rotate-function")
    assert function["environment"]["variables"] == {
        "SECRET_ARN": URL_ARN,
        "MASTER_SECRET_ARN": MASTER_SECRET_ARN,
        "DATABASE_HOST": "db.internal",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "aiponge",
        "ROLE_PREFIX": "aiponge",
        "SECURITY_GROUP": "aiponge-rotate",
    }
    assert function["kmsKeyArn"] == key_arn("data")


@pytest.mark.accepts("A40")
def test_its_log_is_declared_encrypted_and_kept(prod: Deployment) -> None:
    group = prod.named("rotation-rotate-log", "LogGroup")
    function = prod.named("rotation-rotate-function")
    assert group["name"] == f"/aws/lambda/{function['name']}"
    assert (group["kmsKeyId"], group["retentionInDays"]) == (key_arn("logs"), 365)
    assert group.urn in function.depends_on


def test_a_runaway_caller_meets_a_limit(prod: Deployment) -> None:
    assert 1 <= prod.named("rotation-rotate-function")["reservedConcurrentExecutions"] <= 3


@pytest.mark.accepts("A33")
def test_its_first_value_comes_after_the_schedule_and_a_reader_waits_for_it_alone(prod: Deployment) -> None:
    wait = prod.only("Invocation")
    schedule = prod.only("SecretRotation").urn
    assert json.loads(wait["input"]) == {"Wait": URL_ARN}
    assert schedule in wait.depends_on
    assert prod.result == {"ready": [wait.urn]}
