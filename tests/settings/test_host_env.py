"""Tests of what a host derives from its settings: the values of ``.env``, the login of its database."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from, text

from settings.grants import HOST_READER, entries_read_by
from settings.host_env import database_login, env_value
from settings.schema.services import HostSettings
from settings.schema.stack import Settings
from tests.components.host.host_stack import stack
from tests.host.compose_env import read_by_compose


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


# As docker's page on the syntax of `.env` files has it: `#` after a space begins a comment, `$NAME` is
# expanded, and quotes and blanks around a value are removed.
WRITTEN = [
    ("", ""),
    ("gpt-4o-mini", "gpt-4o-mini"),
    ("{{db-host}}", "{{db-host}}"),
    ("{{domain-name}},localhost", "{{domain-name}},localhost"),
    ("Cine #1 <x@y>", "'Cine #1 <x@y>'"),
    ("Site of {{domain-name}}", "'Site of {{domain-name}}'"),
    ("admin:$2y$10$ab", "'admin:$2y$10$ab'"),
    ("$HOME", "'$HOME'"),
    ("${HOME:-x}", "'${HOME:-x}'"),
    ("$(id)", "'$(id)'"),
    (" leading and trailing ", "' leading and trailing '"),
    ('say "hello"', "'say \"hello\"'"),
    ("'tis", '"\'tis"'),
    ("it's 5 o'clock", "\"it's 5 o'clock\""),
    (r"^https://\w+\.example\.com$", r"'^https://\w+\.example\.com$'"),
    ("Kino für alle", "'Kino für alle'"),
]


@pytest.mark.parametrize(("value", "line"), WRITTEN)
def test_a_value_is_quoted_where_compose_would_change_it(value: str, line: str) -> None:
    assert env_value(value) == line


@pytest.mark.parametrize(
    "value", ["'a' \"b\"", "it's $5", "it's `id`", "it's \\n", "ends with \\", "\\\\host", "\\'"]
)
def test_a_value_that_no_quotes_keep_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot be quoted for docker compose"):
        env_value(value)


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a\rb", "a\x00b", "a\u2028b", "a\u00a0b"])
def test_a_value_is_one_line_of_visible_text(value: str) -> None:
    with pytest.raises(ValueError, match="contains a line break or a control character"):
        env_value(value)


@given(lists(text(alphabet=sampled_from("ab1 '\"\\$`#={}<;é,-~"), max_size=12), min_size=1, max_size=4))
def test_compose_reads_what_was_declared_or_it_is_refused(values: list[str]) -> None:
    written: dict[str, str] = {}
    for number, value in enumerate(values):
        with contextlib.suppress(ValueError):
            written[f"V{number}"] = env_value(value)
    lines = "".join(f"{name}={line}\n" for name, line in written.items())
    assert read_by_compose(lines) == {name: values[int(name[1:])] for name in written}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=x #y", "x"),
        ("A=x#y", "x#y"),
        ("A='x #y' # comment", "x #y"),
        (r"A='it\'s'", "it's"),
        (r'A="a\tb"', "a\tb"),
        (r'A="\$HOME"', "$HOME"),
        ("A=", ""),
    ],
)
def test_the_reader_of_these_tests_follows_the_documented_examples(line: str, value: str) -> None:
    assert read_by_compose(f"{line}\n") == {"A": value}
