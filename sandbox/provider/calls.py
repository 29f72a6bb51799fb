"""Calls AWS for the rows, with one client per service and parameters checked against botocore's models."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.exceptions
import jmespath
from botocore.config import Config

from sandbox.provider import shapes
from sandbox.validation import InvalidParameters

CONFIG = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=150)
GONE = re.compile(
    r"NotFound|NoSuch|NonExist|DoesNotExist|NotExist|marked for deletion|is not owned by the current account",
    re.IGNORECASE,
)
SPEC = re.compile(r"(\w+)\((.*?)\)(?:\.(.*))?", re.DOTALL)
PLACE = re.compile(r"\{(\w+)\}")


class SandboxError(Exception):
    """An error of the sandbox's provider; its text contains names, never values."""


class Aws:
    """One account and region with the stack's role; clients are created once."""

    partition = "aws"

    def __init__(
        self, session: boto3.Session, account: str, region: str, endpoint: str | None = None
    ) -> None:
        self.session, self.account, self.region, self.endpoint = session, account, region, endpoint
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str = "") -> Any:
        """The boto3 client of a service."""
        key = (service, region or self.region)
        if key not in self._clients:
            with self._lock:
                if key not in self._clients:
                    self._clients[key] = self.session.client(
                        service,  # type: ignore[call-overload]
                        region_name=key[1],
                        endpoint_url=self.endpoint,
                        config=CONFIG,
                    )
        return self._clients[key]


@dataclass
class Context:
    """The resource that a call is made for: its location, and its provider's default tags."""

    aws: Aws
    urn: str
    name: str
    region: str
    default_tags: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Values that no error text may contain."""

    @property
    def account(self) -> str:
        """The account id that the calls go to."""
        return self.aws.account

    @property
    def partition(self) -> str:
        """The commercial partition."""
        return self.aws.partition

    def client(self, service: str) -> Any:
        """The boto3 client of a service in this resource's region."""
        return self.aws.client(service, self.region)

    def fill(self, text: str, have: Mapping[str, Any]) -> str:
        """Replace ``{property}``, ``{p}``, ``{r}`` and ``{a}`` (partition, region, account)."""
        known = {"p": self.partition, "r": self.region, "a": self.account}
        return PLACE.sub(lambda m: str(shapes.plain({**have, **known}.get(m[1], ""))), text)

    def shape(self, op: str) -> Any:
        """The input shape of "service.method"."""
        service, _, method = op.partition(".")
        client = self.client(service)
        try:
            name = client.meta.method_to_api_mapping[method]
        except KeyError:
            raise SandboxError(f"{op}: boto3 has no such call") from None
        return client.meta.service_model.operation_model(name).input_shape

    def send(self, op: str, params: dict[str, Any]) -> dict[str, Any]:
        """Make the call; errors of AWS are raised without secret values."""
        service, _, method = op.partition(".")
        try:
            return getattr(self.client(service), method)(**params)
        except InvalidParameters as error:
            raise SandboxError(self.mask(f"AWS would refuse {error}")) from None
        except botocore.exceptions.ParamValidationError as error:
            raise SandboxError(self.mask(f"{op}: invalid parameters: {error}")) from None
        except botocore.exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            failure = AwsRefused(self.mask(str(error)))
            failure.code = code
            raise failure from None

    def mask(self, text: str) -> str:
        """``text`` without the values of secret inputs."""
        for value in self.secrets:
            text = text.replace(value, "[secret]")
        return text

    def call(
        self, op: str, inputs: dict[str, Any], rename: str = "", fixed: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Map ``inputs`` to the call's parameters and send them with the ``fixed`` ones."""
        lost: list[str] = []
        params = {**(fixed or {}), **shapes.convert(self.shape(op), inputs, shapes.renames(rename), lost)}
        if lost:
            raise SandboxError(f"{op} has no parameter {', '.join(lost)}; add it to the row")
        return self.send(op, params)

    def run(self, service: str, spec: str, have: Mapping[str, Any]) -> Any:
        """``operation(Param=value,List=[value]).jmespath`` with ``{placeholders}``."""
        match = SPEC.fullmatch(spec)
        if match is None:
            raise SandboxError(f"{spec!r} is not a call")
        method, arguments, path = match.groups()
        members = self.shape(f"{service}.{method}").members if arguments else {}
        params: dict[str, Any] = {}
        for part in filter(None, arguments.split(",")):
            key, value = part.split("=", 1)
            value = self.fill(value, have)
            params[key] = shapes.convert(members[key], value[1:-1] if value.startswith("[") else value)
        answer = self.send(f"{service}.{method}", params)
        return answer if path in (None, "@") else jmespath.search(self.fill(path, have), answer)

    def fixed(self, text: str, have: Mapping[str, Any]) -> dict[str, str]:
        """``"Param={id},Other=text"`` as parameters."""
        return dict(part.split("=", 1) for part in self.fill(text, have).split(",")) if text else {}


class AwsRefused(SandboxError):
    """An error response of AWS."""

    code = ""

    @property
    def gone(self) -> bool:
        """Whether the error says that the resource does not exist."""
        return self.code == "404" or bool(GONE.search(self.code) or GONE.search(str(self)))
