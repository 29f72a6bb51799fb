"""Says what an error of AWS means and what to do, by its code: one table for every command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from ops.core.exits import Exit


@dataclass(frozen=True)
class Cause:
    """A cause that several error codes have."""

    what: str
    """What happened."""
    remedy: str
    exit: Exit = Exit.UNREACHABLE
    codes: frozenset[str] = field(default=frozenset(), repr=False)
    suffixes: tuple[str, ...] = ()
    """Ends of further codes: EC2 and RDS have one for each kind of resource."""


def _cause(
    what: str, remedy: str, codes: str, suffixes: Iterable[str] = (), exit: Exit = Exit.UNREACHABLE
) -> Cause:
    return Cause(what, remedy, exit, frozenset(codes.split()), tuple(suffixes))


EXPIRED = _cause(
    "the AWS session has expired",
    "sign in again, then run the command again",
    "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired",
)
REJECTED = _cause(
    "AWS rejected the credentials",
    "choose another profile, or sign in again",
    "AuthFailure IncompleteSignature IncompleteSignatureException InvalidAccessKeyId InvalidClientTokenId "
    "MissingAuthenticationToken SignatureDoesNotMatch UnrecognizedClientException",
)
CLOCK = _cause(
    "the clock of this machine is wrong",
    "set it, then run the command again",
    "InvalidSignatureException RequestInTheFuture RequestTimeTooSkewed",
)
DENIED = _cause(
    "the role may not do this",
    "use the role that the page of this command names; after an upgrade of Strongroom run "
    "`python -m ops bootstrap --apply` first",
    "403 ACCESS_DENIED AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException "
    "Client.UnauthorizedOperation Forbidden ForbiddenException NotAuthorized NotAuthorizedException "
    "UnauthorizedOperation",
)
NOT_ENABLED = _cause(
    "the service or the region is not enabled in this account",
    "enable it in the account's settings",
    "InvalidAccessException OptInRequired SubscriptionRequiredException RegionDisabledException",
)
THROTTLED = _cause(
    "AWS throttles calls of this account",
    "run the command again in a minute",
    "BandwidthLimitExceeded EC2ThrottledException PriorRequestNotComplete "
    "ProvisionedThroughputExceededException RequestLimitExceeded RequestThrottled "
    "RequestThrottledException SlowDown ThrottledException Throttling "
    "ThrottlingException TooManyRequestsException TransactionInProgressException",
)
KEY_UNUSABLE = _cause(
    "the KMS key is disabled, or its deletion is scheduled",
    "`aws kms cancel-key-deletion` and `aws kms enable-key` make it usable again",
    "DisabledException KMSInvalidStateException KMS.DisabledException KMS.KMSInvalidStateException "
    "KMSDisabledException KMSDisabledFault KMSInvalidStateFault",
)
QUOTA = _cause(
    "a quota of the account is reached",
    "`python -m ops preflight` names the quotas; ask AWS for more in Service Quotas",
    "LimitExceeded QuotaExceeded VcpuLimitExceeded",
    (
        "LimitExceededException",
        "LimitExceededFault",
        "LimitExceeded",
        "QuotaExceededException",
        "QuotaExceeded",
    ),
    Exit.FINDING,
)
NOT_FOUND = _cause(
    "AWS does not have it",
    "check the stack's name, account and region, and that `pulumi up` has created it",
    "404 NoSuchBucket NoSuchEntity NoSuchEntityException NoSuchKey NoSuchVersion NotFound NotFoundException "
    "ParameterNotFound ResourceNotFoundException ServerCertificateNotFound InvalidInstanceId",
    ("NotFound", "NotFoundException", "NotFoundFault", ".NotFound", "DoesNotExist", "DoesNotExistException"),
    Exit.FINDING,
)
BUSY = _cause(
    "another change is being made",
    "wait until it has ended, then run the command again",
    "ConcurrentModification ConcurrentModificationException ConflictException ConditionalRequestConflict "
    "DependencyViolation InvalidDBInstanceState InvalidState InvalidStateException OperationAbortedException "
    "OperationAborted PreconditionFailed ResourceConflictException ResourceInUse ResourceInUseException",
    ("InUse", "InUseException", "StateFault"),
    Exit.FINDING,
)
AWS_FAULT = _cause(
    "AWS itself failed",
    "run the command again; https://health.aws.amazon.com shows the service's state",
    "InternalError InternalFailure InternalServerError InternalServerException InternalServiceError "
    "InternalServiceErrorException InternalServiceFault RequestTimeout RequestTimeoutException "
    "ServerException ServiceException ServiceFailureException ServiceUnavailable "
    "ServiceUnavailableException Unavailable "
    "500 502 503 504",
)
INVALID = _cause(
    "AWS does not accept a value",
    "check what you typed; if you typed nothing, this is a fault of Strongroom: please report it",
    "InvalidParameter InvalidParameterException InvalidParameterValue InvalidParameterValueException "
    "InvalidRequest InvalidRequestException MalformedPolicyDocument ValidationError ValidationException 400",
    ("Malformed",),
    Exit.FINDING,
)
TABLE = (
    *(EXPIRED, REJECTED, CLOCK, DENIED, NOT_ENABLED, THROTTLED, KEY_UNUSABLE, QUOTA),
    *(NOT_FOUND, BUSY, AWS_FAULT, INVALID),
)
"""In the order in which they are tried."""

NO_CREDENTIALS = Cause("no usable AWS credentials", "set AWS_PROFILE, or sign in with `aws sso login`")
NO_PROFILE = Cause(
    "there is no such AWS profile",
    "choose one that `aws configure list-profiles` prints, with --profile or AWS_PROFILE",
    exit=Exit.BAD_INPUT,
)
NO_REGION = Cause("no region is known", "set `aws:region` in the stack file")
PROXY = Cause("the proxy does not answer", "check HTTPS_PROXY")
CERTIFICATE = Cause(
    "the certificate of the endpoint is not trusted",
    "a proxy that opens TLS needs its certificate in AWS_CA_BUNDLE",
)
NO_ANSWER = Cause("AWS cannot be reached", "check the network, the region, and AWS_ENDPOINT_URL if it is set")
UNKNOWN = Cause("", "")

_OF_THE_CLIENT: tuple[tuple[Cause, tuple[type[BotoCoreError], ...]], ...] = (
    (
        NO_CREDENTIALS,
        (NoCredentialsError, PartialCredentialsError, SSOError, TokenRetrievalError),
    ),
    (NO_PROFILE, (ProfileNotFound,)),
    (NO_REGION, (NoRegionError,)),
    (PROXY, (ProxyConnectionError,)),
    (CERTIFICATE, (SSLError,)),
    (
        NO_ANSWER,
        (EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError, ConnectionClosedError),
    ),
)


def cause_of(code: str) -> Cause:
    """The cause of an error code in an answer of AWS; of the first where an answer has several."""
    code = code.partition(",")[0]
    for cause in TABLE:
        if code in cause.codes:
            return cause
    for cause in TABLE:
        if code.endswith(cause.suffixes):
            return cause
    return UNKNOWN


def client_cause(error: BotoCoreError) -> Cause:
    """The cause of an error that botocore raised without an answer of AWS."""
    return next((cause for cause, types in _OF_THE_CLIENT if isinstance(error, types)), NO_ANSWER)
