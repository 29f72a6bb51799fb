"""Runs a deployed Lambda function's handler in this process; moto would need Docker."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from sandbox.moto import session_of

_TURN = threading.RLock()
STAND_INS: dict[str, Callable[[], Any]] = {}
"""Replacements for attributes of a handler's module, by name: a function that makes each."""
REROUTED: dict[str, Callable[[Any], Any]] = {}
"""Wrappers for attributes of a handler's module, by name; used instead of a replacement."""
USED: set[str] = set()
"""Replacements that ran, with the function's name."""
FAILURES: list[str] = []
"""Exceptions that handlers raised, by function and type; AWS would write them to the function's log."""


@dataclass(frozen=True)
class Ran:
    """How an invocation ended."""

    payload: str
    error: str = ""


class Handled:
    """The attributes of Lambda's context object that handlers use."""

    def __init__(self, name: str, arn: str) -> None:
        self.function_name, self.invoked_function_arn = name, arn
        self.aws_request_id = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        """Return a time that no handler exceeds."""
        return 60_000


def invoke(backend: Any, function_name: str, body: str) -> Ran:
    """Unpack the function's code and call its handler with the event, in the function's environment."""
    function = backend.get_function(function_name)
    with _TURN, _unpacked(function) as module:
        for name, lead in REROUTED.items():
            if hasattr(module, name):
                setattr(module, name, lead(getattr(module, name)))
        for name, make in STAND_INS.items():
            if hasattr(module, name) and name not in REROUTED:
                setattr(module, name, make())
                USED.add(f"function {function.function_name}: {name}")
        handler = getattr(module, function.handler.rpartition(".")[2])
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # AWS would write it to the function's log
                answer = handler(
                    json.loads(body or "{}"), Handled(function.function_name, function.function_arn)
                )
        except Exception as error:
            FAILURES.append(f"{function.function_name}: {type(error).__name__}")
            shape = {"errorMessage": str(error), "errorType": type(error).__name__}
            return Ran(json.dumps(shape), type(error).__name__)
    return Ran(json.dumps(answer, default=str))


def _surroundings(function: Any) -> dict[str, str]:
    """The variables that Lambda sets for every function: region, and the credentials of its role."""
    from moto.sts.models import sts_backends

    account = function.account_id
    role = sts_backends[account]["aws"].assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy="",
        duration=3600,
        external_id="",
    )
    return {
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key or "",
        "AWS_SESSION_TOKEN": role.session_token,
    }


@contextlib.contextmanager
def _unpacked(function: Any) -> Iterator[Any]:
    environment, path, modules = dict(os.environ), list(sys.path), set(sys.modules)
    folder, session = _folder(function.code_bytes).name, boto3.DEFAULT_SESSION
    name = function.handler.rpartition(".")[0].replace("/", ".")
    hidden = {
        key: sys.modules.pop(key)
        for key in list(sys.modules)
        if key.partition(".")[0] == name.partition(".")[0]
    }
    own = _surroundings(function)
    os.environ.update({key: str(value) for key, value in (function.environment_vars or {}).items()})
    os.environ.update(own)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    # Of the function's role; boto3's own would read every service's model again.
    boto3.DEFAULT_SESSION = session_of(
        own["AWS_REGION"],
        own["AWS_ACCESS_KEY_ID"],
        own["AWS_SECRET_ACCESS_KEY"],
        own["AWS_SESSION_TOKEN"],
    )
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        boto3.DEFAULT_SESSION = session
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:] = path
        for key in set(sys.modules) - modules:
            found = getattr(sys.modules[key], "__file__", None) or ""
            if found.startswith(folder):
                del sys.modules[key]
        sys.modules.update(hidden)


@functools.cache
def _folder(code: bytes) -> tempfile.TemporaryDirectory[str]:
    """The unpacked code of a function, kept with what Python compiles of it until this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="strongroom-function-")
    zipfile.ZipFile(io.BytesIO(code)).extractall(folder.name)
    return folder
