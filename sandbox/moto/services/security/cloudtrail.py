"""CloudTrail: refuses the event history, which an emulation could only invent."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, Refused, answers


@answers("cloudtrail", "LookupEvents")
def lookup_events(asked: Asked) -> Params:
    """Nobody writes down who called: an empty history would say that nobody did."""
    raise Refused("UnsupportedOperationException", "the sandbox keeps no record of calls")
