"""Tests of a host's parameters and lines: one source each, known placeholders, values that .env keeps."""

from __future__ import annotations

import pytest

from settings import SettingsError, parse
from settings.checks.examples import examples_in
from settings.stack_file import ROOT, raw_config
from tests.components.host.host_stack import PRODUCTION, STAGING, stack
from tests.settings.checks.host.hosts import environment, parameters, problems


@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_the_shipped_stacks_are_accepted(name: str) -> None:
    assert problems(name) == []


def test_a_placeholder_must_be_a_parameter() -> None:
    assert problems(**environment(DB_HOST="{{db-hots}}")) == [
        'platform.environment.DB_HOST: {{db-hots}} is not a parameter; did you mean "db-host"?'
    ]


def test_a_secret_is_no_placeholder() -> None:
    assert problems(**environment(URL="x://{{db-password}}")) == [
        "platform.environment.URL: {{db-password}} is a secret; "
        "remove it here, the secret's env is its variable"
    ]


def test_a_variable_is_plain_or_secret_not_both() -> None:
    assert problems(**environment(SECRET_KEY="plain")) == [
        "platform.environment.SECRET_KEY: is also a secret (django-secret-key); remove it"
    ]


@pytest.mark.parametrize("line", ["{x}", "{{db-host}", "{ {db-host}}", '{"a": 1}'])
def test_a_brace_belongs_to_a_placeholder(line: str) -> None:
    assert any(
        "contains a brace that is not part of {{name}}" in one for one in problems(**environment(A=line))
    )


def test_a_line_is_one_line() -> None:
    assert problems(**environment(A="x\nSECRET_KEY=y")) == [
        "platform.environment.A: contains a line break or a control character; write one plain line"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "neither value nor source"),
        ({"value": "x", "source": "database.address"}, "both value and source"),
    ],
)
def test_a_parameter_has_one_source(changes: dict[str, str], said: str) -> None:
    given = parameters(**{"db-host": {"description": "Where it is", **changes}})
    assert problems(**given) == [f"platform.parameters.db-host: has {said}; give one of them"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is empty, and Parameter Store keeps no empty value; remove the parameter"),
        ("two words", "may hold letters, digits and ._~:/@%+=,!#$^&*()- only"),
        ("it's", "may hold letters, digits"),
    ],
)
def test_a_parameter_that_the_host_cannot_write_is_refused(value: str, said: str) -> None:
    (line,) = problems(**parameters(motto={"description": "The motto", "value": value}))
    assert line.startswith(f"platform.parameters.motto.value: {said}")


def test_a_parameter_that_needs_quotes_has_a_line_of_its_own() -> None:
    given = parameters(motto={"description": "The motto", "value": "a$b"})
    assert problems(**given, **environment(MOTTO="{{motto}}")) == []
    assert problems(**given, **environment(MOTTO="our {{motto}}")) == [
        "platform.environment.MOTTO: {{motto}} holds one of !#$^&*(), which needs a line of its own; "
        'write only "{{motto}}" here'
    ]


def test_a_line_that_compose_would_change_in_every_notation_is_refused() -> None:
    (line,) = problems(**environment(A='it\'s "$5"'))
    assert line.startswith("platform.environment.A: cannot be quoted for docker compose")


@pytest.mark.parametrize("name", ["host-address", "image-digest", "db-password"])
def test_a_name_that_means_something_else_is_taken(name: str) -> None:
    given = parameters(**{name: {"description": "Something else", "value": "x"}})
    assert problems(**given) == [f"platform.parameters.{name}: the name is already used; choose another"]


@pytest.mark.failure(15)
@pytest.mark.accepts("B43")
def test_a_host_reads_parameters_of_its_own_environment_only() -> None:
    raw = raw_config(ROOT / f"Pulumi.{PRODUCTION}.yaml")
    raw["secrets"]["tmdb-token"]["name"] = "/cinematch/staging/tmdb-token"
    with pytest.raises(SettingsError) as caught:
        parse(PRODUCTION, raw, others={}, examples_allowed=True)
    assert any(
        "names /cinematch/staging/tmdb-token, a path of staging" in one for one in caught.value.problems
    )
    assert any("a host reads only /cinematch/production/*" in one for one in caught.value.problems)


def test_the_folder_is_below_opt() -> None:
    assert problems(appDir="/root") != []


def test_an_example_image_is_left_in_the_sandbox() -> None:
    assert any("example-org/cinematch is an example" in line for line in examples_in(stack()))
