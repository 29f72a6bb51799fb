"""Tests of Endpoints: private access to AWS services, limited to the account's principals and resources."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.alone import endpoints
from tests.harness import ACCOUNT, Deployment

BASE = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return endpoints()


def statements(deployment: Deployment, name: str) -> list[dict[str, Any]]:
    return deployment.named(name, "VpcEndpoint").document("policy")["Statement"]


@pytest.mark.accepts("A25")
def test_the_chosen_services_have_an_endpoint(prod: Deployment) -> None:
    kinds = {e["serviceName"].split("eu-west-1.")[1]: e["vpcEndpointType"] for e in prod.all("VpcEndpoint")}
    interfaces = dict.fromkeys(("ecr.api", "ecr.dkr", "logs", "secretsmanager"), "Interface")
    assert kinds == {"s3": "Gateway", **interfaces}


def test_interface_endpoints_admit_the_endpoints_group_only(prod: Deployment) -> None:
    groups = {tuple(e["securityGroupIds"]) for e in prod.all("VpcEndpoint") if e.name != "endpoints-s3"}
    assert groups == {("sg-endpoints",)}


def test_production_has_an_endpoint_in_every_zone_and_staging_in_one(prod: Deployment) -> None:
    assert len(prod.named("endpoints-logs")["subnetIds"]) == 3
    assert len(endpoints("staging").named("endpoints-logs")["subnetIds"]) == 1


@pytest.mark.accepts("A53")
def test_secrets_pass_for_this_account_and_this_application_only(prod: Deployment) -> None:
    own, master = statements(prod, "endpoints-secretsmanager")
    assert own["Resource"] == f"{BASE}:aiponge/*"
    assert own["Condition"]["StringEquals"] == {
        "aws:PrincipalAccount": ACCOUNT,
        "aws:ResourceAccount": ACCOUNT,
    }
    assert master["Resource"] == f"{BASE}:rds!db-*"


@pytest.mark.accepts("A53")
def test_the_master_secret_passes_for_the_rotation_only(prod: Deployment) -> None:
    master = statements(prod, "endpoints-secretsmanager")[1]
    assert master["Condition"]["ArnEquals"] == {
        "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/aiponge-rotate"
    }
    assert master["Action"] == "secretsmanager:GetSecretValue"


@pytest.mark.accepts("A53")
def test_buckets_pass_when_they_are_ours_or_hold_image_layers(prod: Deployment) -> None:
    layers, ours = statements(prod, "endpoints-s3")
    assert "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*" in layers["Resource"]
    assert layers["Action"] == "s3:GetObject"
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
    assert "arn:aws:s3:::aws-patch-manager-eu-west-1-*/*" in layers["Resource"]
    # https://docs.aws.amazon.com/inspector/latest/user/deep-inspection.html
    assert "arn:aws:s3:::inspector2-oval-prod-eu-west-1/*" in layers["Resource"]
    assert ours["Condition"]["StringEquals"]["aws:ResourceAccount"] == ACCOUNT
    assert ours["Condition"]["StringEquals"]["aws:PrincipalAccount"] == ACCOUNT


@pytest.mark.parametrize("name", ["ecr-api", "ecr-dkr", "logs"])
def test_every_other_endpoint_serves_this_account_only(prod: Deployment, name: str) -> None:
    (statement,) = statements(prod, f"endpoints-{name}")
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert statement["Action"] == f"{name.split('-')[0]}:*"
