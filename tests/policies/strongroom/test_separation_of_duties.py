"""Tests of pipelines, which may read no secret."""

from __future__ import annotations

import pytest

from tests.policies.cases import strongroom_secrets as secret_cases
from tests.policies.messages import stack_said


@pytest.mark.attack(15)
def test_a_pipeline_that_may_read_a_secret_is_refused() -> None:
    policy = secret_cases.STACKS["readers"]["deploy-policy"].but(needs={"policy": ("jwt",)})
    assert "a pipeline's role may read jwt" in stack_said("own-ci-no-secret-read", deploy_policy=policy)[0]
