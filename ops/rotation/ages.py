"""Every secret older than its ``rotateEvery`` is named; it reads dates only, and needs no right to values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import Site
from ops.core.exits import Exit
from ops.core.session import error_code
from ops.rotation.database import CURRENT
from settings.grants import Entry, entries

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Age:
    """How old one secret's value is."""

    key: str
    name: str
    days: int
    limit: int

    @property
    def due(self) -> bool:
        """Whether it is older than its secret allows."""
        return self.days > self.limit

    def to_dict(self) -> dict[str, Any]:
        """As JSON carries it."""
        return {"secret": self.key, "name": self.name, "days": self.days, "rotateEvery": self.limit}


def due(site: Site, *, now: datetime | None = None) -> Exit:
    """Name what is overdue, oldest first; that there is none is worth a line too."""
    moment = now or datetime.now(UTC)
    known = list(ages(site, moment))
    late = sorted((one for one in known if one.due), key=lambda one: one.limit - one.days)
    for one in late:
        how = f"ops rotate {one.key} --stack {site.stack}"
        site.say(f"{one.name}: {one.days} days old, rotateEvery is {one.limit}; {how}", "red")
    site.say(f"{site.stack}: {len(late)} of {len(known)} secrets are due", "red" if late else "green")
    site.screen.document({"stack": site.stack, "due": [one.to_dict() for one in late], "known": len(known)})
    return Exit.FINDING if late else Exit.DONE


def ages(site: Site, now: datetime) -> Iterator[Age]:
    """The age of every secret that has a value; what stands beside it is as old as it is."""
    for entry in entries(site.settings):
        if entry.holds != "current":
            continue
        made = _made(site, entry)
        if made is not None:
            days = (now - made.astimezone(UTC)) // DAY
            yield Age(entry.key, entry.store_name, days, entry.secret.rotate_every)


def _made(site: Site, entry: Entry) -> datetime | None:
    name = entry.store_name
    if entry.secret.in_parameter_store:
        only = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        found = site.estate.list("ssm", "describe_parameters", "Parameters", ParameterFilters=only)
        return found[0]["LastModifiedDate"] if found else None
    try:
        versions = site.estate.list("secretsmanager", "list_secret_version_ids", "Versions", SecretId=name)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None
    return next((one["CreatedDate"] for one in versions if CURRENT in one.get("VersionStages", [])), None)
