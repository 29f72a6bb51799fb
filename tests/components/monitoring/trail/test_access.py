"""Tests of the metrics on access: denied OIDC sign-ins, the emergency role, sessions and commands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.components.monitoring.filter_patterns import matches
from tests.components.monitoring.test_trail_alarms import pattern_of, trailed
from tests.components.monitoring.trail.records import (
    EMERGENCY,
    USER,
    assumption,
    command,
    oidc_sign_in,
    record,
    session,
    shell,
)
from tests.harness import ACCOUNT, REGION, Deployment

SSM_LINKED = session(
    "AWSServiceRoleForAmazonSSM",
    path="aws-service-role/ssm.amazonaws.com/",
    invoked_by="ssm.amazonaws.com",
)
IMPOSTOR = session("AWSServiceRoleForAmazonSSM")
DOCUMENTS = f"arn:aws:ssm:{REGION}:{ACCOUNT}:document"
COUNTED: list[tuple[str, dict[str, Any]]] = [
    ("OidcSignInDenied", oidc_sign_in("AccessDenied")),
    ("OidcSignInDenied", oidc_sign_in("InvalidIdentityTokenException")),
    ("OidcSignInDenied", oidc_sign_in("IDPRejectedClaimException")),
    ("EmergencyRoleUsed", assumption(EMERGENCY)),
    ("EmergencyRoleUsed", assumption(EMERGENCY, errorCode="AccessDenied", errorMessage="not authorized")),
    ("EmergencyRoleUsed", record("iam", "ListRoles", session("aiponge-emergency"))),
    ("SessionStarted", shell("ssm", "StartSession")),
    ("SessionStarted", shell("ssm", "ResumeSession")),
    ("SessionStarted", shell("ecs", "ExecuteCommand")),
    ("ForeignCommand", command("AWS-RunShellScript", session("somebody"))),
    ("ForeignCommand", command("AWS-RunShellScript", USER)),
    ("ForeignCommand", command("AWS-RunPatchBaseline", IMPOSTOR)),
    ("ForeignCommand", command("arn:aws:ssm:eu-west-1:999988887777:document/aiponge-deploy", USER)),
]
NOT_COUNTED: list[tuple[str, dict[str, Any]]] = [
    ("OidcSignInDenied", oidc_sign_in(None)),
    ("OidcSignInDenied", oidc_sign_in("ExpiredTokenException")),
    ("EmergencyRoleUsed", assumption(f"arn:aws:iam::{ACCOUNT}:role/aiponge-deploy")),
    (
        "EmergencyRoleUsed",
        record("iam", "GetRole", USER, requestParameters={"roleName": "aiponge-emergency"}),
    ),
    ("SessionStarted", shell("ssm", "TerminateSession")),
    ("SessionStarted", shell("ecs", "RunTask")),
    ("ForeignCommand", command("aiponge-deploy", session("aiponge-deploy"))),
    ("ForeignCommand", command(f"{DOCUMENTS}/aiponge-deploy", session("aiponge-deploy"))),
    ("ForeignCommand", command("AWS-RunPatchBaseline", SSM_LINKED)),
]


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return trailed()


@pytest.mark.parametrize(("metric", "event"), COUNTED)
def test_an_event_is_counted(prod: Deployment, metric: str, event: dict[str, Any]) -> None:
    assert matches(pattern_of(prod, metric), json.dumps(event))


@pytest.mark.parametrize(("metric", "event"), NOT_COUNTED)
def test_an_ordinary_event_is_not_counted(prod: Deployment, metric: str, event: dict[str, Any]) -> None:
    assert not matches(pattern_of(prod, metric), json.dumps(event))
