"""Stubs AWS clients: each checks requests and responses against botocore's service model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.stub import Stubber

CREDENTIALS = {"aws_access_key_id": "none", "aws_secret_access_key": "none", "region_name": "eu-central-1"}


class Clients:
    """The clients that a function gets from boto3, by service; each answers what the test queued."""

    def __init__(self) -> None:
        self._make: Callable[..., Any] = boto3.client
        self._stubs: dict[str, Stubber] = {}
        self._clients: dict[str, BaseClient] = {}

    def client(self, service: str, **_options: Any) -> BaseClient:
        """The client of a service; a request that is not queued fails."""
        if service not in self._clients:
            self._clients[service] = self._make(service, **CREDENTIALS)
            self._stubs[service] = Stubber(self._clients[service])
            self._stubs[service].activate()
        return self._clients[service]

    def answer(self, service: str, operation: str, response: dict[str, Any], **request: Any) -> None:
        """Queue a response to exactly this request."""
        self.client(service)
        self._stubs[service].add_response(operation, response, request)

    def refuse(self, service: str, operation: str, code: str) -> None:
        """Queue an error."""
        self.client(service)
        self._stubs[service].add_client_error(operation, code)

    def assert_all_asked(self) -> None:
        """Fail where a queued request was not sent."""
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    stubbed = Clients()
    monkeypatch.setattr(boto3, "client", stubbed.client)
    return stubbed
