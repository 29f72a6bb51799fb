"""CloudTrail: refuses the event history, which the sandbox does not record."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, Refused, answers


@answers("cloudtrail", "LookupEvents")
def lookup_events(asked: Asked) -> Params:
    """Raise an error: an empty history would mean that there were no calls."""
    raise Refused("UnsupportedOperationException", "the sandbox does not record API calls")
