"""Tests of what a host derives from its parameters: the login of its database."""

from __future__ import annotations

import pytest

from settings.grants import HOST_READER, entries_read_by
from settings.host_env import database_login
from settings.schema.services import HostSettings
from settings.schema.stack import Settings
from tests.components.host.host_stack import stack


def login(settings: Settings, *, without: str = "", password: str | None = "db-password") -> tuple[str, ...]:
    platform = settings.platform
    assert isinstance(platform, HostSettings)
    known = {name: one for name, one in platform.parameters.items() if name != without}
    return database_login(known, entries_read_by(settings, HOST_READER), password)


def test_the_login_of_the_database_is_four_parameters() -> None:
    assert login(stack()) == ("db-host", "db-name", "db-username", "db-password")


@pytest.mark.parametrize("name", ["db-host", "db-name", "db-username"])
def test_a_host_that_does_not_read_a_part_has_no_login(name: str) -> None:
    assert login(stack(), without=name) == ()


@pytest.mark.parametrize("password", [None, "redis-url"])
def test_a_host_that_does_not_read_the_password_has_no_login(password: str | None) -> None:
    assert login(stack(), password=password) == ()
