"""Tests of waiting for AWS, and of the clients' own retries."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import BotoCoreError, NoCredentialsError, ParamValidationError

from deploy import aws
from tests.deploy.scripted import Clock


class _Throttling(BaseHTTPRequestHandler):
    """Refuses two calls, then answers."""

    seen = 0

    def do_POST(self) -> None:
        type(self).seen += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        throttled = self.seen <= 2
        body = {"__type": "ThrottlingException"} if throttled else {"Parameter": {"Value": "found"}}
        content = json.dumps(body).encode()
        self.send_response(400 if throttled else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Throttling)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield url
    server.shutdown()
    server.server_close()


def test_a_throttled_call_is_made_again_by_the_client(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    _Throttling.seen = 0
    assert aws.client("ssm").get_parameter(Name="x")["Parameter"]["Value"] == "found"
    assert _Throttling.seen == 3


def test_each_state_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    states = iter([(None, "pending"), (None, "pending"), (None, "running"), (1, "done")])
    assert Clock().wait().until(lambda: next(states)) == 1
    assert capsys.readouterr().out.splitlines() == ["pending", "running", "done"]


def test_nothing_is_found_when_time_is_up() -> None:
    clock = Clock()
    assert clock.wait(timeout_s=60).until(lambda: (None, "pending")) is None
    assert clock.at == 60


def test_an_error_of_the_program_is_not_taken_for_an_answer_of_aws() -> None:
    with pytest.raises(ZeroDivisionError):
        Clock().wait().until(lambda: (1 // 0, ""))


@pytest.mark.parametrize("error", [NoCredentialsError(), ParamValidationError(report="x")])
def test_a_call_that_never_left_is_not_made_again(error: BotoCoreError) -> None:
    def ask() -> tuple[None, str]:
        raise error

    clock = Clock()
    with pytest.raises(type(error)):
        clock.wait().until(ask)
    assert clock.at == 0
