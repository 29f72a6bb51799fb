"""Tests that each variable of a reader has one source."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems

SERVICES = "platform.services"


def test_two_services_with_one_variable_for_their_urls_are_refused() -> None:
    assert problems((f"{SERVICES}.music.urlEnv", "USER_SERVICE_URL")) == [
        "platform.services.music.urlEnv=USER_SERVICE_URL: api-gateway receives the URL of user in this "
        "variable too; rename one"
    ]


def test_a_url_in_the_variable_of_a_secret_is_refused() -> None:
    assert problems((f"{SERVICES}.music.urlEnv", "JWT_SECRET")) == [
        "platform.services.music.urlEnv=JWT_SECRET: api-gateway receives the secret jwt-secret in this "
        "variable too; rename one"
    ]


def test_a_url_in_a_plain_variable_is_refused() -> None:
    assert problems((f"{SERVICES}.music.urlEnv", "SERVICE_NAME")) == [
        "platform.services.music.urlEnv=SERVICE_NAME: is also a plain variable of api-gateway; remove it "
        "there, or rename one"
    ]


@pytest.mark.parametrize("calls", [[], ["music"]])
def test_services_that_nobody_calls_both_may_share_a_variable(calls: list[str]) -> None:
    changes = ((f"{SERVICES}.user.calls", calls), (f"{SERVICES}.user.urlEnv", "X_URL"))
    assert problems(*changes) == []
