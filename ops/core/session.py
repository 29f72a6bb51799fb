"""Opens boto3 sessions, for the AWS account of the stack only, and turns AWS errors into messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from ops.core.exits import Exit, Stop
from settings import Settings
from settings.checks.examples import ACCOUNT_ID as EXAMPLE_ACCOUNT

PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5, read_timeout=30)
"""For every client: throttled calls are retried; a service that does not respond is given up."""

_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_REJECTED = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"})


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
    """Turn errors of AWS and of the network into :class:`Stop` with a message and exit code 5."""
    try:
        yield
    except _NO_CREDENTIALS:
        remedy = "set AWS_PROFILE, or sign in with `aws sso login`"
        raise Stop(Exit.UNREACHABLE, f"no usable AWS credentials: {remedy}") from None
    except ClientError as error:
        raise Stop(Exit.UNREACHABLE, sentence(error)) from None
    except BotoCoreError as error:
        raise Stop(
            Exit.UNREACHABLE,
            f"AWS cannot be reached ({type(error).__name__}): check the network and the region",
        ) from None


def error_code(error: ClientError) -> str:
    """The error code in the response of AWS."""
    return error.response.get("Error", {}).get("Code", "unknown error")


def sentence(error: ClientError) -> str:
    """A message with the operation and error code, without AWS's own: that may quote a secret value."""
    code = error_code(error)
    if code in _EXPIRED:
        return "the AWS session has expired: sign in again"
    if code in _REJECTED:
        return "AWS rejected the credentials: choose another profile, or sign in again"
    return f"the AWS call {error.operation_name} failed: {code}"
