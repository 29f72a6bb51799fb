"""CloudTrail: delivery to the log group, and no event history, which the sandbox does not record."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, Refused, answers, corrects, now
from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "cloudtrail",
        ("Name",),
        create="CreateEventDataStore",
        reads="ListEventDataStores",
        delete="DeleteEventDataStore",
        also=(("Name", "EventDataStore"),),
        arn="arn:aws:cloudtrail:{region}:{account}:eventdatastore/{id}",
    ),
)


@answers("cloudtrail", "LookupEvents")
def lookup_events(asked: Asked) -> Params:
    """Raise an error: an empty history would mean that there were no calls."""
    raise Refused("UnsupportedOperationException", "the sandbox does not record API calls")


@corrects("cloudtrail", "GetTrailStatus")
def delivered(asked: Asked, answer: Params) -> Params:
    """Add the delivery to CloudWatch Logs, of a trail that logs and has a log group."""
    names = (asked.params["Name"], asked.params["Name"].rpartition("/")[2])
    trail = next((one for name, one in asked.backend.trails.items() if name in names), None)
    if answer.get("IsLogging") and trail is not None and trail.cw_log_group_arn:
        return {**answer, "LatestCloudWatchLogsDeliveryTime": now()}
    return answer
