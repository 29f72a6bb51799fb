"""Tests that a credential in a stack file is refused before anything is created, and never shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.checks.host import hosts
from tests.settings.stack_files import problems

REMEDY = "declare it under strongroom:secrets, and remove it here"
NAMED = f"is named like a credential and has a value; {REMEDY}"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("environment.SMTP_PASS", "hunter22"), f"environment.SMTP_PASS: {NAMED}"),
        (
            ("environment.PAYMENT", "sk_live_" + "aB3dE6gH9jK2mN5p"),
            f"environment.PAYMENT: looks like a credential (Stripe key); {REMEDY}",
        ),
    ],
)
def test_a_variable_of_a_service_is_no_credential(change: tuple[str, str], line: str) -> None:
    path, value = change
    assert problems((f"platform.services.user.{path}", value)) == [f"platform.services.user.{line}"]


@pytest.mark.parametrize("of", ["oneOffTasks.migrate", "tools.reencrypt"])
def test_a_command_of_a_task_has_no_credential(of: str) -> None:
    assert problems((f"platform.{of}.command", ["run", "--password=hunter22"])) == [
        f"platform.{of}.command: the option --password is named like a credential; {REMEDY}, "
        "and refer to its variable"
    ]


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"environment": {"DB_PASS": "hunter22"}}, "environment.DB_PASS"),
        ({"environment": ["DB_PASS=hunter22"]}, "environment.DB_PASS"),
        ({"command": "redis-server --requirepass hunter22"}, "command"),
        ({"entrypoint": ["sh", "-c", "export DB_PASSWORD=hunter22; run"]}, "entrypoint"),
        ({"healthcheck": {"test": ["CMD", "redis-cli", "-a", "hunter22", "ping"]}}, "healthcheck.test"),
        ({"labels": {"traefik.basic-auth": "admin:hunter22"}}, "labels.traefik.basic-auth"),
    ],
)
def test_a_compose_service_has_no_credential(changed: dict[str, Any], path: str) -> None:
    said = hosts.problems(**hosts.web(**changed))
    assert [line.split(":")[0] for line in said] == [f"platform.compose.services.web.{path}"]
    assert "hunter22" not in "".join(said)


def test_a_line_and_a_parameter_of_a_host_are_no_credentials() -> None:
    given = hosts.parameters(**{"smtp-password": {"description": "Of the mail server", "value": "hunter22"}})
    said = hosts.problems(**hosts.environment(SMTP_PASS="hunter22"), **given)
    assert said == [
        f"platform.environment.SMTP_PASS: {NAMED}",
        f"platform.parameters.smtp-password.value: {NAMED}",
    ]


def test_what_only_speaks_of_a_credential_is_accepted() -> None:
    harmless = {"TOKEN_ISSUER": "movies", "SENTRY_DSN": "https://0123456789abcdef@sentry.example/2"}
    assert problems(("platform.services.user.environment", harmless)) == []


def test_a_sidecar_has_no_credential() -> None:
    sidecar = {"image": f"collector@sha256:{'a' * 64}", "environment": {"SMTP_PASS": "hunter22"}}
    assert problems(("platform.services.user.sidecars", {"metrics": sidecar})) == [
        f"platform.services.user.sidecars.metrics.environment.SMTP_PASS: {NAMED}"
    ]
