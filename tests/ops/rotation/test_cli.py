"""Tests of the rotation commands' arguments."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from typer.testing import CliRunner

from cli.operator_commands import app
from ops.core import session as account
from ops.core.exits import Exit

TYPED = (
    ("due",),
    ("reads",),
    ("incident",),
    ("rotate", "jwt-secret"),
    ("repoint", "database-url"),
    ("retire", "internal-service-secret"),
)


class Caller:
    """STS and the following calls: an account's id, or the error that they return."""

    def __init__(self, account_id: str = "", error: Exception | None = None) -> None:
        self._id, self._error = account_id, error

    def client(self, *_: object, **__: object) -> Caller:
        return self

    def get_caller_identity(self) -> dict[str, str]:
        if self._error:
            raise self._error
        return {"Account": self._id}


def typed(monkeypatch: pytest.MonkeyPatch, caller: Caller, *words: str) -> tuple[int, str]:
    monkeypatch.setattr(account.boto3, "Session", lambda **_: caller)
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


@pytest.mark.attack(43)
@pytest.mark.parametrize("words", TYPED, ids=lambda words: words[0])
def test_stays_out_of_an_account_that_is_not_the_stacks(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    code, said = typed(monkeypatch, Caller("999988887777"), *words, "--stack", "staging")
    assert code == Exit.REFUSED
    assert "stack staging is bound to account" in said


@pytest.mark.attack(43)
@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "GetCallerIdentity"), "expired: sign in again"),
        (ClientError({"Error": {"Code": "ThrottlingException"}}, "GetCallerIdentity"), "ThrottlingException"),
        (ConnectTimeoutError(endpoint_url="https://sts"), "cannot be reached"),
    ],
)
def test_says_that_aws_would_not_answer(monkeypatch: pytest.MonkeyPatch, error: Exception, says: str) -> None:
    code, said = typed(monkeypatch, Caller(error=error), "rotate", "jwt-secret", "--stack", "staging")
    assert code == Exit.UNREACHABLE
    assert says in said


@pytest.mark.attack(43)
def test_names_the_stacks_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = typed(monkeypatch, Caller(), "due", "--stack", "stagin")
    assert code == Exit.BAD_INPUT
    assert "staging" in said


@pytest.mark.attack(43)
@pytest.mark.parametrize("words", TYPED[2:], ids=lambda words: words[0])
@pytest.mark.parametrize("extra", [("--apply",), ("--apply", "--yes"), ("--apply", "--yes", "--reason", " ")])
def test_writes_to_production_only_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], extra: tuple[str, ...]
) -> None:
    code, said = typed(monkeypatch, Caller(), *words, "--stack", "prod", *extra)
    assert code == Exit.REFUSED
    assert "prod is a production stack" in said
