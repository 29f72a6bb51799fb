"""Reads the events of declared secrets from CloudTrail's event history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.core.aws_state import AwsState
from ops.core.secret_stores import secret_stores
from settings.grants import StoreEntry, entries

KEPT = timedelta(days=90)
"""How far back the event history goes; older events are in the trail's bucket only."""
LATE = timedelta(minutes=15)
"""How long an event may take to appear in the event history."""
_SUFFIX = len("-AbCdEf")
_LONG_LIVED = "AKIA"


@dataclass(frozen=True)
class Caller:
    """The identity that made a call."""

    role: str | None
    """The role's ARN without the session; None for a user, the root user, or an AWS service."""
    name: str
    """The role's short name, else the ARN or the service."""
    session: str
    """The role session name; empty without a role."""
    long_lived: bool
    """Whether its credentials do not expire."""


@dataclass(frozen=True)
class Read:
    """One API call that returned a secret value, or was denied."""

    at: datetime
    entry: StoreEntry
    caller: Caller
    source: str
    """The source IP address or AWS service of the call."""
    denied: str
    """The error code; empty where the call succeeded."""


def reads(aws: AwsState, since: datetime) -> Iterator[Read]:
    """Every read of a declared secret or parameter since ``since``; other names are left out."""
    declared = {entry.store_name: entry for entry in entries(aws.settings)}
    calls = [call for store in secret_stores(aws) if store.declared for call in store.read_calls]
    for call in calls:
        only = [{"AttributeKey": "EventName", "AttributeValue": call}]
        found = aws.list("cloudtrail", "lookup_events", "Events", LookupAttributes=only, StartTime=since)
        for one in found:
            yield from _read(json.loads(one["CloudTrailEvent"]), declared)


def _read(event: Mapping[str, Any], declared: Mapping[str, StoreEntry]) -> Iterator[Read]:
    asked = event.get("requestParameters") or {}
    if event["eventSource"] == "ssm.amazonaws.com" and not asked.get("withDecryption"):
        return  # without decryption a SecureString is returned encrypted
    for entry in _named(asked, declared):
        yield Read(
            at=datetime.fromisoformat(event["eventTime"]).astimezone(UTC),
            entry=entry,
            caller=_caller(event["userIdentity"]),
            source=str(event.get("sourceIPAddress", "")),
            denied=str(event.get("errorCode", "")),
        )


def _named(asked: Mapping[str, Any], declared: Mapping[str, StoreEntry]) -> Iterable[StoreEntry]:
    """The entries that a request names, by name, ARN or path."""
    if path := asked.get("path"):
        return [entry for name, entry in declared.items() if name.startswith(f"{path.rstrip('/')}/")]
    given = asked.get("names") or [asked.get("secretId") or asked.get("name") or ""]
    wanted = {name for one in given for name in _spellings(str(one))}
    return [entry for name, entry in declared.items() if name in wanted]


def _spellings(given: str) -> tuple[str, ...]:
    if ":secret:" in given:
        name = given.split(":secret:")[1]
        return name, name[:-_SUFFIX]
    if given.startswith("arn:"):
        given = given.split(":parameter", 1)[-1]
    return (given.partition(":")[0],)  # a parameter may be requested as name:version


def _caller(identity: Mapping[str, Any]) -> Caller:
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    arn, kind = str(identity.get("arn", "")), identity.get("type")
    assumed = kind == "AssumedRole"
    return Caller(
        role=issuer.get("arn") if assumed else None,
        name=str(issuer.get("userName") or arn or identity.get("invokedBy") or kind),
        session=arn.rpartition("/")[2] if assumed else "",
        long_lived=kind in ("IAMUser", "Root") or str(identity.get("accessKeyId")).startswith(_LONG_LIVED),
    )
