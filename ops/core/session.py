"""Opens boto3 sessions, for the AWS account of the stack only, and turns AWS errors into messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ops.core.causes.aws import EXPIRED, NO_ANSWER, REJECTED, Cause, cause_of, client_cause
from ops.core.exits import Exit, Stop
from settings import Settings
from settings.checks.examples import ACCOUNT_ID as EXAMPLE_ACCOUNT

PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5, read_timeout=30)
"""For every client: throttled calls are retried; a service that does not respond is given up."""


def connect(stack: str, settings: Settings, profile: str | None = None) -> boto3.Session:
    """A session in the stack's region; :class:`Stop` where STS reports another account than the stack's."""
    with aws_errors():
        session = boto3.Session(profile_name=profile, region_name=settings.region)
        caller = session.client("sts", config=PATIENT).get_caller_identity()
    if caller["Account"] != settings.account_id:
        hint = (
            f" ({EXAMPLE_ACCOUNT} is the example: set accountId in Pulumi.{stack}.yaml)"
            if settings.account_id == EXAMPLE_ACCOUNT
            else "; choose the profile of that account"
        )
        raise Stop(
            Exit.REFUSED,
            f"stack {stack} is bound to account {settings.account_id}, "
            f"credentials are {caller['Account']}{hint}",
        )
    return session


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn errors of AWS and of the network into :class:`Stop`: cause, remedy and the cause's exit code."""
    try:
        yield
    except ClientError as error:
        cause = cause_of(error_code(error))
        raise Stop(cause.exit, _with_remedy(sentence(error), cause)) from None
    except BotoCoreError as error:
        cause = client_cause(error)
        kind = f" ({type(error).__name__})" if cause is NO_ANSWER else ""
        raise Stop(cause.exit, _with_remedy(f"{cause.what}{kind}", cause)) from None


def _with_remedy(text: str, cause: Cause) -> str:
    return f"{text}: {cause.remedy}" if cause.remedy else text


def error_code(error: ClientError) -> str:
    """The error code in the response of AWS."""
    return error.response.get("Error", {}).get("Code", "unknown error")


def sentence(error: ClientError) -> str:
    """A message with operation, error code and cause, without AWS's own: that may quote a secret value."""
    code = error_code(error)
    cause = cause_of(code)
    if cause in (EXPIRED, REJECTED):
        return cause.what
    return f"the AWS call {error.operation_name} failed: {code}" + (f" ({cause.what})" if cause.what else "")
