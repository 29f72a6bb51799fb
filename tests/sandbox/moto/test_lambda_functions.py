"""Tests of invocations, which run the function's own handler."""

from __future__ import annotations

import json

import boto3

from tests.sandbox.moto.rotation_function import function


def test_an_invocation_answers_what_the_handler_returns_or_raises(session: boto3.Session) -> None:
    function(session, FAIL_AT="x")
    answer = session.client("lambda").invoke(
        FunctionName="rotate",
        Payload=json.dumps({"SecretId": "s", "ClientRequestToken": "t", "Step": "x"}),
    )
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "RuntimeError"
