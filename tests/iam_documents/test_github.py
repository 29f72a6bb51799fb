"""Tests of GitHub's trust document: every claim is compared by equality."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import github_trust

WHO: dict[str, Any] = {
    "owner": "example-org",
    "owner_id": 1000001,
    "repository": "app",
    "repository_id": 2000002,
    "environment": "production",
    "branch": "main",
}
ISSUER = "token.actions.githubusercontent.com"


def claims(**changes: Any) -> dict[str, Any]:
    return dict(github_trust("arn:provider", **{**WHO, **changes})["Condition"]["StringEquals"])


@pytest.mark.accepts("B5", "B26")
@pytest.mark.failure(22)
def test_every_claim_must_be_there_and_equal() -> None:
    statement = github_trust("arn:provider", **WHO)
    assert statement["Principal"] == {"Federated": "arn:provider"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert set(statement["Condition"]) == {"StringEquals"}
    assert claims() == {
        f"{ISSUER}:aud": "sts.amazonaws.com",
        f"{ISSUER}:sub": [
            "repo:example-org/app:environment:production",
            "repo:example-org@1000001/app@2000002:environment:production",
        ],
        f"{ISSUER}:repository_id": "2000002",
        f"{ISSUER}:repository_owner_id": "1000001",
        f"{ISSUER}:environment": "production",
        f"{ISSUER}:ref": "refs/heads/main",
    }


def test_no_claim_holds_a_pattern() -> None:
    assert "*" not in str(claims())


def test_a_given_workflow_is_pinned_too() -> None:
    workflow = "example-org/infra/.github/workflows/deploy-host.yml@refs/heads/main"
    assert claims(workflow=workflow)[f"{ISSUER}:job_workflow_ref"] == workflow


def test_a_role_for_pull_requests_pins_all_but_the_ref() -> None:
    assert set(claims()) - set(claims(branch=None)) == {f"{ISSUER}:ref"}
