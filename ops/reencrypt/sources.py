"""Reads keys and passwords from a store, the environment, a file descriptor or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ops.core.exits import Exit, Stop
from ops.core.session import PATIENT, aws_errors

FORMS = "secret:NAME (Secrets Manager), env:VARIABLE, fd:NUMBER or stdin"


def read(option: str, source: str, session: Callable[[], Any]) -> str:
    """Read the text from ``source``; an invalid source is refused without being quoted.

    ``session`` opens a boto3 session, and is called only where the source needs one.
    """
    kind, _, name = source.partition(":")
    match kind:
        case "secret" if name:
            return _stored(name, session())
        case "env" if name:
            return _present(os.environ.get(name), f"environment variable {name} is not set")
        case "fd" if name.isascii() and name.isdigit():
            return _present(_descriptor(int(name)), f"file descriptor {name} is empty")
        case "stdin" if not name:
            return _present(sys.stdin.read().removesuffix("\n"), "stdin is empty")
    # Not quoted: it may be the value itself, pasted by mistake.
    raise Stop(Exit.BAD_INPUT, f"{option}: must be {FORMS}")


def _descriptor(number: int) -> str | None:
    try:
        with os.fdopen(number) as stream:
            return stream.read().removesuffix("\n")
    except OSError:
        return None


def _present(text: str | None, otherwise: str) -> str:
    if not text:
        raise Stop(Exit.BAD_INPUT, otherwise)
    return text


def _stored(name: str, session: Any) -> str:
    with aws_errors():
        try:
            answer = session.client("secretsmanager", config=PATIENT).get_secret_value(SecretId=name)
        except ClientError as problem:
            if problem.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                raise Stop(Exit.BAD_INPUT, f"{name} has no value in Secrets Manager") from None
            raise
    return _present(answer.get("SecretString"), f"{name} has no text value")
