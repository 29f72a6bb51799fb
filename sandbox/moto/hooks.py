"""Answers requests before moto does, for callers in this process and for moto's server."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore import parsers
from moto.core.errors import ErrorLookup  # noqa: F401  (moto.core must be loaded before its response classes)
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model

Params = dict[str, Any]


@dataclass
class Asked:
    """One request that a hook answers."""

    account: str
    region: str
    params: Params
    response: Any = field(repr=False)
    """moto's own response object."""

    @property
    def backend(self) -> Any:
        """moto's model of the service."""
        from moto.backends import get_backend

        regions = get_backend(self.response.service_name)[self.account]
        return regions[self.region] if self.region in regions else regions["aws"]

    @property
    def scope(self) -> tuple[str, str]:
        """Account and region."""
        return self.account, self.region


Answer = Callable[[Asked], Params]
Correction = Callable[[Asked, Params], Params]

ANSWERS: dict[tuple[str, str], Answer] = {}
CORRECTIONS: dict[tuple[str, str], Correction] = {}
FORGET: list[Callable[[], None]] = []
"""Register a function that clears its own data when the emulated AWS is reset."""


class Refused(ServiceException):
    """An error with AWS's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def answers(service: str, *actions: str) -> Callable[[Answer], Answer]:
    """Decorator: the function answers these operations instead of moto."""

    def add(function: Answer) -> Answer:
        ANSWERS.update(dict.fromkeys([(service, action) for action in actions], function))
        return function

    return add


def corrects(service: str, *actions: str) -> Callable[[Correction], Correction]:
    """Decorator: the function gets moto's parsed response and returns the corrected one."""

    def add(function: Correction) -> Correction:
        CORRECTIONS.update(dict.fromkeys([(service, action) for action in actions], function))
        return function

    return add


def install() -> None:
    """Patch moto once; the hooks then apply to every use of moto in this process."""
    if getattr(BaseResponse, "_strongroom", False):
        return
    original = BaseResponse.call_action

    def call_action(self: Any) -> Any:
        key = (self.boto3_service_name, self._get_action())
        if key in ANSWERS:
            return _answer(self, key)
        if key in CORRECTIONS:
            return _correct(self, key, original)
        return original(self)

    BaseResponse.call_action = call_action  # type: ignore[method-assign]
    BaseResponse._strongroom = True  # type: ignore[attr-defined]


def _asked(response: Any) -> Asked:
    response.PROTOCOL_PARSER_MAP_TYPE = dict  # some services would answer with snake_case names only
    response.parse_parameters(response.normalized_request)
    return Asked(response.current_account, response.region, dict(response.params), response)


def _answer(response: Any, key: tuple[str, str]) -> Any:
    try:
        result: Any = ANSWERS[key](_asked(response))
    except ServiceException as error:
        result = error
    return _serialized(response, result)


def _serialized(response: Any, result: Any) -> Any:
    response.RESPONSE_KEY_PATH_TO_TRANSFORMER = {}  # it converts moto's objects; ours need no conversion
    status, headers, body = response.serialized(ActionResult(result))
    headers["status"] = str(status)
    headers.setdefault("x-amzn-requestid", str(uuid.uuid4()))
    return status, headers, body


def _correct(response: Any, key: tuple[str, str], original: Callable[[Any], Any]) -> Any:
    status, headers, body = original(response)
    if int(status) >= 300:
        return status, headers, body
    asked = _asked(response)
    try:
        result: Any = CORRECTIONS[key](asked, _parsed(response, key, status, headers, body))
    except ServiceException as error:
        result = error
    return _serialized(response, result)


def _parsed(response: Any, key: tuple[str, str], status: Any, headers: Any, body: Any) -> Params:
    model = get_service_model(key[0])
    raw = {
        "status_code": int(status),
        "headers": {str(name): str(value) for name, value in dict(headers).items()},
        "body": body.encode() if isinstance(body, str) else body,
    }
    shape = model.operation_model(key[1]).output_shape
    # A service with several protocols answers in that of the request.
    protocol = response.determine_response_protocol(model)
    parsed = parsers.create_parser(protocol).parse(raw, shape)
    parsed.pop("ResponseMetadata", None)
    return parsed


def now() -> float:
    """The time in seconds with fractions, so that two events within one second have an order."""
    return time.time()
