"""Says why a check could not be made, and what to do: access denied, throttled, no response."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ops.core.causes.aws import DENIED, THROTTLED, cause_of
from ops.core.session import error_code, sentence


def why(error: Exception) -> tuple[str, str]:
    """The problem and its remedy."""
    if isinstance(error, ClientError):
        cause = cause_of(error_code(error))
        if cause is DENIED:
            return sentence(error), f"allow {error.operation_name} to the role that verifies, then run again"
        if cause is THROTTLED:
            return sentence(error), "run again in some minutes"
        return sentence(error), "allow the call if access was denied, then run again"
    if isinstance(error, LookupError):
        return f"the response of AWS has no {error}", "run again; report it if it persists"
    return f"AWS did not respond ({type(error).__name__})", "run again"
