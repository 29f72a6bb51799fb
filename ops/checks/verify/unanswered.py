"""Says why a check could not be made, and what to do: access denied, throttled, no response."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ops.core.session import error_code, sentence

_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "LimitExceededException")
_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "Forbidden")


def why(error: Exception) -> tuple[str, str]:
    """The problem and its remedy."""
    if isinstance(error, ClientError):
        code = error_code(error)
        if any(part in code for part in _THROTTLED):
            return f"AWS throttled the call {error.operation_name} ({code})", "run again in some minutes"
        if any(part in code for part in _DENIED):
            return sentence(error), f"allow {error.operation_name} to the role that verifies, then run again"
        return sentence(error), "allow the call if access was denied, then run again"
    if isinstance(error, LookupError):
        return f"the response of AWS has no {error}", "run again; report it if it persists"
    return f"AWS did not respond ({type(error).__name__})", "run again"
