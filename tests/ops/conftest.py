"""Fixtures of emulated accounts: one that is only read, and new ones for tests that create something."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from sandbox import Sandbox
from tests.roles.recording import every_call_is_listed as every_call_is_listed
from tests.roles.recording import unlisted_calls as unlisted_calls

EMPTY_ACCOUNT = "333344445555"
# moto resets an account only when the last sandbox closes, so each test has its own.
_fresh_accounts = (str(number) for number in count(555566660001))


def _account(account: str) -> Sandbox:
    return Sandbox("staging", config={"strongroom:accountId": account})


@pytest.fixture(scope="module")
def empty() -> Iterator[Sandbox]:
    """An account in which nothing is created."""
    with _account(EMPTY_ACCOUNT) as sandbox:
        yield sandbox


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    """A new account."""
    with _account(next(_fresh_accounts)) as sandbox:
        yield sandbox


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, empty: Sandbox) -> Sandbox:
    """The environment of an operator who is signed in to the empty account."""
    sign_in(monkeypatch, empty)
    return empty


def sign_in(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Set the credentials of a sandbox where boto3 looks for an operator's."""
    credentials = sandbox.session.get_credentials()
    assert credentials is not None
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", credentials.token or "")
