"""Lists secrets older than their ``rotateEvery``, from dates only: no permission to read values is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.core.secret_stores import store_of
from settings.grants import entries

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Age:
    """The age of one secret's value in days, and its limit."""

    key: str
    name: str
    days: int
    limit: int

    @property
    def due(self) -> bool:
        """Whether it is older than ``rotateEvery``."""
        return self.days > self.limit

    def to_dict(self) -> dict[str, Any]:
        """The age as a JSON object."""
        return {"secret": self.key, "name": self.name, "days": self.days, "rotateEvery": self.limit}


def due(context: StackContext, *, now: datetime | None = None) -> Exit:
    """Print overdue secrets, the most overdue first; exit code 1 where there are any."""
    moment = now or datetime.now(UTC)
    known = list(ages(context, moment))
    late = sorted((one for one in known if one.due), key=lambda one: one.limit - one.days)
    for one in late:
        how = f"ops rotate {one.key} --stack {context.stack}"
        context.say(f"{one.name}: {one.days} days old, rotateEvery is {one.limit}; run `{how}`", "red")
    context.say(f"{context.stack}: {len(late)} of {len(known)} secrets are due", "red" if late else "green")
    context.screen.document(
        {"stack": context.stack, "due": [one.to_dict() for one in late], "known": len(known)}
    )
    return Exit.FINDING if late else Exit.DONE


def ages(context: StackContext, now: datetime) -> Iterator[Age]:
    """The age of every secret that has a value; key rings and previous values are left out."""
    for entry in entries(context.settings):
        if entry.holds != "current":
            continue
        made = store_of(context.aws, entry.secret).changed(entry.store_name)
        if made is not None:
            days = (now - made.astimezone(UTC)) // DAY
            yield Age(entry.key, entry.store_name, days, entry.secret.rotate_every)
