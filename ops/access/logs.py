"""Prints the log lines of a service, tool, one-off task or host; masked values stay masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.access.targets import LogSource, log_source
from ops.core.answers import each_page
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop

POLL_S = 2
_SINCE = re.compile(r"([1-9][0-9]*)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_OVERLAP_MS = 60_000
"""How far back each look goes: streams arrive late, and in no order."""

Event = dict[str, Any]


def moment(since: str, now: datetime) -> datetime:
    """The time of ``15m``, ``24h``, ``7d`` ago, or of a date and time in UTC."""
    if found := _SINCE.fullmatch(since):
        return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        given = datetime.fromisoformat(since)
    except ValueError:
        raise Stop(Exit.BAD_INPUT, f"--since {since}: write 30s, 15m, 24h, 7d, or a date and time") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def command(
    context: StackContext,
    name: str | None,
    since: str,
    *,
    follow: bool,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Exit:
    """Print the lines since a time; with ``follow`` also those that come, until it is interrupted."""
    if follow and context.screen.as_json:
        raise Stop(Exit.BAD_INPUT, "--follow prints lines as they come: leave out --json")
    source, start = log_source(context, name), moment(since, now())
    if not follow:
        found = sorted(events(context, source, start), key=lambda one: one["timestamp"])
        context.screen.document({"logGroup": source.group, "events": [_document(one) for one in found]})
        for one in found:
            context.say(line(one))
        if not found:
            context.say(f"{source.group}: no line since {start:%Y-%m-%d %H:%M:%S} UTC")
        return Exit.DONE
    for one in following(context, source, start):
        context.say(line(one))
    return Exit.DONE


def events(context: StackContext, source: LogSource, start: datetime) -> Iterator[Event]:
    """The events of a log group since a time, over all pages."""
    asked: dict[str, Any] = {"logGroupName": source.group, "startTime": int(start.timestamp() * 1000)}
    if source.streams:
        asked["logStreamNamePrefix"] = source.streams
    for page in each_page(context.aws.client("logs"), "filter_log_events", **asked):
        yield from page["events"]


def following(context: StackContext, source: LogSource, start: datetime) -> Iterator[Event]:
    """The events since a time and those that come, each once."""
    seen: dict[str, int] = {}
    while True:
        for one in sorted(events(context, source, start), key=lambda each: each["timestamp"]):
            if one["eventId"] not in seen:
                seen[one["eventId"]] = one["timestamp"]
                yield one
        if seen:
            newest = max(seen.values()) - _OVERLAP_MS
            seen = {event: at for event, at in seen.items() if at >= newest}
            start = max(start, datetime.fromtimestamp(newest / 1000, UTC))
        context.clock.sleep(POLL_S)


def line(event: Event) -> str:
    """Time in UTC, stream and message of one event."""
    return f"{_time(event)} {event['logStreamName']} {event['message'].rstrip()}"


def _time(event: Event) -> str:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{event['timestamp'] % 1000:03}Z"


def _document(event: Event) -> dict[str, Any]:
    return {"time": _time(event), "stream": event["logStreamName"], "message": event["message"]}
