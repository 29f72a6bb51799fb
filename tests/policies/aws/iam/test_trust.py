"""Tests of messages about too wide trust policies, which say what is missing."""

from __future__ import annotations

import pytest

from tests.policies.cases.iam import github
from tests.policies.messages import said

ROLE = "aws:iam/role:Role"


@pytest.mark.failure(22)
def test_a_wide_trust_is_told_what_it_lacks() -> None:
    message = said("own-oidc-pinned", ROLE, assumeRolePolicy=github("repo:owner/app:*"))
    assert "its sub has a wildcard" in message
    assert "lacks repository, environment or ref" in message
