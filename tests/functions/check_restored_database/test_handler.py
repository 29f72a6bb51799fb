"""Tests of the check function's calls of AWS, without a database."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.check_restored_database import handler as module
from tests.functions.stubs import Clients

RING = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:aiponge/entry-encryption-keyring-AbCdEf"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_NAME": "aiponge",
        "DATABASE_USER": "restore_reader",
        "RING_SECRET_ARN": RING,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("clients")
def test_signs_a_token_for_this_address_and_role() -> None:
    login = module._login("restored.eu-central-1.rds.amazonaws.com", 5432)
    token = urlsplit(f"//{login.password}")
    assert (token.hostname, token.port) == ("restored.eu-central-1.rds.amazonaws.com", 5432)
    query = parse_qs(token.query)
    assert (query["Action"], query["DBUser"]) == (["connect"], ["restore_reader"])
    assert "X-Amz-Signature" in query
    assert login.password not in repr(login)


def test_answers_that_the_keyring_cannot_be_read(clients: Clients) -> None:
    clients.refuse("secretsmanager", "get_secret_value", "AccessDeniedException")
    answer = module.handler({"address": "localhost", "port": 1})
    assert answer["ok"] is False
    assert answer["problems"] == ["the secret of the keyring cannot be read: AccessDeniedException"]


def test_answers_that_secrets_manager_is_out_of_reach(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager")

    monkeypatch.setattr(clients.client("secretsmanager"), "get_secret_value", unreachable)
    assert module.handler({"address": "localhost", "port": 1})["problems"] == [
        "Secrets Manager cannot be reached (EndpointConnectionError): the function's security group needs "
        "port 443 to the secretsmanager endpoint"
    ]


def test_fails_without_an_address() -> None:
    with pytest.raises(KeyError, match="address"):
        module.handler({})
