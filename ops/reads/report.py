"""Prints reads by secret and caller, and what is wrong: undeclared readers and unidentified sessions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.reads.trail import KEPT, LATE, Read, reads
from settings import Settings
from settings.administrators import is_administrator
from settings.grants import entry_roles

SHOWN_SESSIONS = 5
_SPAN = re.compile(r"(\d+)([hd])")
_NOBODY = re.compile(r"GitHubActions|botocore-session-\d+|aws-(go|js)-sdk-\d+|aws-cli-\S*")
"""Session names that tools choose by default, which identify nobody."""


@dataclass(frozen=True)
class Group:
    """All reads of one secret by one caller."""

    name: str
    caller: str
    reads: tuple[Read, ...]
    problems: tuple[str, ...]

    @property
    def sessions(self) -> list[str]:
        """The role session names, newest first."""
        return list(dict.fromkeys(read.caller.session for read in self.reads if read.caller.session))

    def __str__(self) -> str:
        refused = sum(bool(read.denied) for read in self.reads)
        times = f"{len(self.reads)} times" + (f", {refused} of them denied" if refused else "")
        last, some = self.reads[0], self.sessions[:SHOWN_SESSIONS]
        more = "".join(
            [f", sessions {', '.join(some)}" if some else "", ", ..." * (len(self.sessions) > len(some))]
        )
        wrong = f": {'; '.join(self.problems)}" if self.problems else ""
        when = f"last {last.at:%Y-%m-%d %H:%M:%S} from {last.source}"
        return f"{self.name}: {self.caller} {times}, {when}{more}{wrong}"

    def to_dict(self) -> dict[str, Any]:
        """The group as a JSON object."""
        return {
            "name": self.name,
            "caller": self.caller,
            "count": len(self.reads),
            "denied": sum(bool(read.denied) for read in self.reads),
            "first": self.reads[-1].at.isoformat(),
            "last": self.reads[0].at.isoformat(),
            "sessions": self.sessions,
            "sources": sorted({read.source for read in self.reads}),
            "problems": list(self.problems),
        }


def moment(text: str, now: datetime) -> datetime:
    """Parse ``24h``, ``7d``, or a date and time (UTC unless it has a time zone)."""
    if span := _SPAN.fullmatch(text):
        since = now - int(span[1]) * timedelta(**{"h": {"hours": 1}, "d": {"days": 1}}[span[2]])
    else:
        try:
            since = datetime.fromisoformat(text)
        except ValueError:
            raise Stop(Exit.BAD_INPUT, f"--since {text}: write 24h, 7d or 2026-01-31T12:00:00Z") from None
        since = since if since.tzinfo else since.replace(tzinfo=UTC)
    if since < now - KEPT:
        older = f"event history covers {KEPT.days} days; older reads are in the trail's bucket"
        raise Stop(Exit.BAD_INPUT, f"--since {text}: {older}")
    if since > now:
        raise Stop(Exit.BAD_INPUT, f"--since {text}: is in the future")
    return since.astimezone(UTC)


def show(context: StackContext, since: datetime) -> list[Group]:
    """Print every group of reads, those with problems last."""
    found = sorted(groups(context.settings, reads(context.aws, since)), key=lambda one: bool(one.problems))
    for one in found:
        context.say(str(one), "red" if one.problems else "")
    odd, total = sum(bool(one.problems) for one in found), sum(len(one.reads) for one in found)
    context.say(
        f"{context.stack}: {total} reads since {since:%Y-%m-%d %H:%M} UTC; {odd} of {len(found)} callers "
        f"have problems; the last {LATE.seconds // 60} minutes may be missing",
        "red" if odd else "green",
    )
    return found


def command(context: StackContext, since: datetime) -> Exit:
    """Print the reads; exit code 1 where a read has a problem."""
    found = show(context, since)
    context.screen.document(
        {"stack": context.stack, "since": since.isoformat(), "reads": [one.to_dict() for one in found]}
    )
    return Exit.FINDING if any(one.problems for one in found) else Exit.DONE


def groups(settings: Settings, found: Iterable[Read]) -> Iterator[Group]:
    """Group reads by secret and caller, newest first."""
    by: dict[tuple[str, str], list[Read]] = defaultdict(list)
    for read in found:
        by[read.entry.store_name, read.caller.name].append(read)
    for (name, caller), some in sorted(by.items()):
        some.sort(key=lambda read: read.at, reverse=True)
        problems = dict.fromkeys(problem for read in some for problem in _problems(settings, read))
        yield Group(name, caller, tuple(some), tuple(problems))


def _problems(settings: Settings, read: Read) -> Iterator[str]:
    caller = read.caller
    if caller.long_lived:
        yield "uses long-lived credentials, which may be shared: delete the access key, use a role"
    if not _declared(settings, read):
        yield f"{'was denied, and ' if read.denied else ''}is not a declared reader"
    elif _NOBODY.fullmatch(caller.session):
        yield f"session {caller.session} identifies neither a person nor a workflow run"


def _declared(settings: Settings, read: Read) -> bool:
    role, names = read.caller.role, entry_roles(settings, read.entry)
    return role is not None and (
        role in map(settings.names.role_arn, names) or is_administrator(role, settings.administrators)
    )
