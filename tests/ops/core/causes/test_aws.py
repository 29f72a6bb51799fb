"""Tests of the table of AWS's error codes."""

from __future__ import annotations

from collections import Counter

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    ProxyConnectionError,
    SSLError,
)

from ops.core.causes import aws as aws_causes
from ops.core.causes.aws import TABLE, Cause, cause_of, client_cause
from ops.core.exits import Exit, Stop
from ops.core.session import aws_errors, sentence


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("ExpiredTokenException", aws_causes.EXPIRED),
        ("UnrecognizedClientException", aws_causes.REJECTED),
        ("RequestTimeTooSkewed", aws_causes.CLOCK),
        ("AccessDenied", aws_causes.DENIED),
        ("UnauthorizedOperation", aws_causes.DENIED),
        ("OptInRequired", aws_causes.NOT_ENABLED),
        ("ThrottlingException", aws_causes.THROTTLED),
        ("RequestLimitExceeded", aws_causes.THROTTLED),
        ("TooManyRequestsException", aws_causes.THROTTLED),
        ("KMSInvalidStateException", aws_causes.KEY_UNUSABLE),
        ("SnapshotQuotaExceeded", aws_causes.QUOTA),
        ("VpcLimitExceeded", aws_causes.QUOTA),
        ("LimitExceededException", aws_causes.QUOTA),
        ("DBInstanceNotFound", aws_causes.NOT_FOUND),
        ("InvalidVpcID.NotFound", aws_causes.NOT_FOUND),
        ("ResourceNotFoundException", aws_causes.NOT_FOUND),
        ("NoSuchBucket", aws_causes.NOT_FOUND),
        ("ResourceInUseException", aws_causes.BUSY),
        ("InvalidDBInstanceState", aws_causes.BUSY),
        ("InternalServerError", aws_causes.AWS_FAULT),
        ("503", aws_causes.AWS_FAULT),
        ("ValidationException", aws_causes.INVALID),
        ("SomethingNew", aws_causes.UNKNOWN),
        ("AccessDeniedException, InternalServiceError", aws_causes.DENIED),
    ],
)
def test_a_code_has_its_cause(code: str, cause: Cause) -> None:
    assert cause_of(code) is cause


def test_a_code_has_one_cause() -> None:
    found = Counter(code for cause in TABLE for code in cause.codes)
    assert [code for code, number in found.items() if number > 1] == []


@pytest.mark.parametrize("cause", TABLE, ids=lambda cause: cause.what)
def test_a_cause_says_what_to_do(cause: Cause) -> None:
    assert cause.remedy
    assert not cause.remedy.endswith(".")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NoCredentialsError(), "no usable AWS credentials: set AWS_PROFILE"),
        (NoRegionError(), "no region is known: set"),
        (ProxyConnectionError(proxy_url="http://p"), "the proxy does not answer: check HTTPS_PROXY"),
        (
            SSLError(endpoint_url="https://x", error=Exception("self-signed")),
            "the certificate of the endpoint is not trusted",
        ),
        (
            EndpointConnectionError(endpoint_url="https://x"),
            "AWS cannot be reached (EndpointConnectionError): check",
        ),
        (ConnectTimeoutError(endpoint_url="https://x"), "AWS cannot be reached (ConnectTimeoutError): check"),
    ],
)
def test_an_error_without_an_answer_of_aws_has_its_cause(error: BotoCoreError, text: str) -> None:
    with pytest.raises(Stop) as stop, aws_errors():
        raise error
    assert str(stop.value).startswith(text)
    assert stop.value.code == Exit.UNREACHABLE


@pytest.mark.parametrize(
    ("code", "exit"),
    [
        ("DBInstanceNotFound", Exit.FINDING),
        ("AccessDenied", Exit.UNREACHABLE),
        ("SomethingNew", Exit.UNREACHABLE),
    ],
)
def test_the_exit_code_is_that_of_the_cause(code: str, exit: Exit) -> None:
    with pytest.raises(Stop) as stop, aws_errors():
        raise ClientError({"Error": {"Code": code}}, "DescribeDBInstances")
    assert stop.value.code == exit


def test_the_text_of_aws_is_not_repeated() -> None:
    """It may quote a value."""
    error = ClientError({"Error": {"Code": "ValidationException", "Message": "hunter2"}}, "PutParameter")
    assert (
        sentence(error)
        == "the AWS call PutParameter failed: ValidationException (AWS does not accept a value)"
    )


def test_a_profile_that_does_not_exist_is_bad_input() -> None:
    cause = client_cause(ProfileNotFound(profile="nosuch"))
    assert (cause.what, cause.exit) == ("there is no such AWS profile", Exit.BAD_INPUT)
    assert "aws configure list-profiles" in cause.remedy
