"""Tests of trust documents for GitHub."""

from __future__ import annotations

import pytest
from rules.lib.iam import trust

from tests.policies.cases.iam import GITHUB, SUBJECT, document, github


def test_components_can_hand_their_trust_documents_to_the_same_rules() -> None:
    assert trust.violations(github(SUBJECT)) == set()


@pytest.mark.failure(22)
def test_a_trust_without_a_repository_is_too_wide() -> None:
    assert trust.violations(document({"Principal": GITHUB, "Action": "sts:AssumeRoleWithWebIdentity"})) == {
        "iam-oidc-github",
        "own-oidc-pinned",
    }
