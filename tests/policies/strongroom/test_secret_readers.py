"""Checks that a role reads only the secrets that its tasks or functions use."""

from __future__ import annotations

import pytest

from tests.policies.cases import strongroom_secrets as secret_cases
from tests.policies.messages import stack_said


@pytest.mark.attack(15)
def test_a_role_that_may_read_what_its_task_does_not_name_is_refused() -> None:
    policy = secret_cases.STACKS["readers"]["exec-policy"].but(needs={"policy": ("jwt", "url")})
    (message,) = stack_said("own-secret-readers", exec_policy=policy)
    assert "may read url, which its tasks or functions do not use" in message
    assert "may also read url" in stack_said("own-exec-role-scope", exec_policy=policy)[0]
