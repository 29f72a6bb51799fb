"""Clients of AWS with given answers, checked by AWS's service models, and a clock that jumps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.model import OperationModel
from botocore.validate import validate_parameters

from deploy.waiting import Wait

REGION = "eu-west-1"


@dataclass(frozen=True)
class Refused:
    """AWS's answer to a call that it refuses."""

    code: str
    message: str = "said by AWS"
    status: int = 400


THROTTLED = Refused("ThrottlingException", "Rate exceeded")


class Scripted:
    """A client; each operation has its answers in order, of which the last stays.

    An answer may be a function of the parameters.
    """

    def __init__(self, service: str, **answers: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self.client: Any = boto3.client(
            service,  # type: ignore[call-overload]
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        events = self.client.meta.events
        events.register(f"provide-client-params.{service}", self._record)
        events.register(f"before-call.{service}", self._answer)
        for operation, answer in answers.items():
            self.say(operation, answer)

    def say(self, operation: str, *answers: Any) -> None:
        """Give the answers of an operation, named as the client's method."""
        self._answers[self.client.meta.method_to_api_mapping[operation]] = list(answers)

    def params(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of every call of an operation."""
        called = self.client.meta.method_to_api_mapping[operation]
        return [params for name, params in self.calls if name == called]

    def operations(self) -> list[str]:
        return [name for name, _ in self.calls]

    def _record(self, params: dict[str, Any], model: OperationModel, **_: Any) -> None:
        self.calls.append((model.name, dict(params)))

    def _answer(self, model: OperationModel, **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        answers = self._answers[model.name]
        assert answers, f"no answer is given for {model.name}"
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        answer: Any = said(self.calls[-1][1]) if callable(said) else said
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Refused):
            error = {"Error": {"Code": answer.code, "Message": answer.message}}
            return _response(answer.status), {**error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return _response(200), dict(answer)


def _response(status: int) -> AWSResponse:
    return AWSResponse("https://aws.example", status, HTTPHeaders(), None)


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0

    def wait(self, timeout_s: float = 120) -> Wait:
        return Wait(timeout_s=timeout_s, pause_s=10, sleep=self._sleep, now=lambda: self.at)

    def _sleep(self, seconds: float) -> None:
        self.at += seconds
