"""What a deployment fails with, and AWS's own words for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

_TRANSIENT = frozenset(
    {
        *("InternalError", "InternalFailure", "InternalServerError", "InternalServiceException"),
        *("RequestLimitExceeded", "RequestTimeout", "RequestTimeoutException", "ServerException"),
        *("ServiceUnavailable", "ServiceUnavailableException", "SlowDown", "Throttling"),
        *("ThrottlingException", "ThrottledException", "TooManyRequestsException"),
    }
)


class DeployError(Exception):
    """The deployment failed; the message says what, where and what to do."""


def code(error: BaseException) -> str:
    """AWS's error code, empty for an error that did not come from AWS."""
    if not isinstance(error, ClientError):
        return ""
    answer: Mapping[str, Any] = error.response
    return str(answer.get("Error", {}).get("Code", ""))


def transient(error: BaseException) -> bool:
    """Whether the same call may succeed later: AWS throttled it, failed, or was not reached."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code(error) in _TRANSIENT or status >= 500
    return isinstance(error, (HTTPClientError, ConnectionError))


def words(error: BaseException) -> str:
    """One line with AWS's code, message and operation; the text of a DeployError."""
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return (
            f"{error.operation_name}: {said.get('Code', 'unknown error')}: {said.get('Message', '')}".rstrip(
                ": "
            )
        )
    return str(error) if isinstance(error, DeployError) else f"{type(error).__name__}: {error}"
