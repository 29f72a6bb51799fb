"""What an incident has done is on disk before the next step begins: names and times, no value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from botocore.exceptions import ClientError

from ops.core import stack_edit
from ops.core.exits import Exit, Stop
from ops.core.session import sentence

FOLDER = "incidents"
FAILURES = (Stop, ClientError)
"""What ends one item and not the run."""
LATELY = timedelta(days=1)
"""How long after its end an incident is what a second command was meant for."""
STAMP = "%Y%m%dT%H%M%SZ"
State = Literal["open", "begun", "done", "failed", "operator"]


class ForOperator(Stop):
    """One item waits for a person; its sentence says what to do."""

    def __init__(self, remedy: str) -> None:
        super().__init__(Exit.PARTLY, remedy)


@dataclass
class Item:
    """One thing to do."""

    state: State = "open"
    """``operator``: it waits for a person."""
    why: str = ""
    at: str = ""
    """When its state changed."""
    version: str = ""
    """The store's version of the value when the incident began."""
    generation: int = 0
    revoked: list[int] = field(default_factory=list)
    """Both as the stack file declared them then."""
    passes: int = 0
    """How many rotations of two alternating logins are complete."""


@dataclass
class Journal:
    """One incident of one stack."""

    path: Path
    stack: str
    account: str
    started: datetime
    reason: str
    items: dict[str, Item] = field(default_factory=dict)
    finished: str = ""

    @property
    def unfinished(self) -> list[str]:
        """The names of what is not done."""
        return [name for name, item in self.items.items() if item.state != "done"]

    def add(self, name: str, item: Item | None = None) -> Item:
        """The item of that name; a new one where there is none yet."""
        return self.items.setdefault(name, item or Item())

    def done(self, name: str) -> bool:
        """Whether an earlier run, or this one, did it."""
        return name in self.items and self.items[name].state == "done"

    def mark(self, name: str, state: State, why: str = "") -> None:
        """Write down what became of one item."""
        item = self.add(name)
        item.state, item.why, item.at = state, why, datetime.now(UTC).isoformat(timespec="seconds")
        self.save()

    @contextmanager
    def trying(self, name: str, then: State = "done") -> Iterator[None]:
        """Take one item in hand; where it fails the others go on, where the run is killed it stays begun."""
        self.mark(name, "begun")
        try:
            yield
        except ForOperator as waiting:
            self.mark(name, "operator", str(waiting))
        except FAILURES as error:
            self.mark(name, "failed", said(error))
        else:
            self.mark(name, then)

    def save(self) -> None:
        """Put the whole file in place in one step."""
        self.path.parent.mkdir(exist_ok=True)
        content = asdict(self) | {"started": self.started.isoformat()}
        del content["path"]
        stack_edit.save(self.path, json.dumps(content, indent=1) + "\n")


def secret_item(key: str) -> str:
    """What a journal calls the replacement of a secret, whoever replaces it."""
    return f"secret {key}"


def said(error: Exception) -> str:
    """Why an item failed, for somebody who goes on by running the incident again."""
    text = sentence(error) if isinstance(error, ClientError) else str(error)
    return text.replace("--resume", "this command again")


def opened(root: Path, stack: str, account: str) -> Journal | None:
    """The stack's incident that is not finished; None where there is none."""
    current = [one for one in _all(root, stack) if not one.finished]
    if not current:
        return None
    if current[-1].account != account:
        raise Stop(
            Exit.REFUSED, f"{current[-1].path.name} is of account {current[-1].account}, not {account}"
        )
    return current[-1]


def just_finished(root: Path, stack: str, now: datetime) -> Journal | None:
    """An incident that was finished less than a day ago: the same command typed twice is no second breach."""
    found = [one for one in _all(root, stack) if one.finished]
    lately = [one for one in found if now - datetime.fromisoformat(one.finished) < LATELY]
    return lately[-1] if lately else None


def begun(root: Path, stack: str, account: str, reason: str, now: datetime) -> Journal:
    """A new incident; nothing is on disk until its first item is."""
    # Whole seconds: what began in this one must count as later.
    started = now.astimezone(UTC).replace(microsecond=0)
    return Journal(root / FOLDER / f"{stack}-{started:{STAMP}}.json", stack, account, started, reason)


def _all(root: Path, stack: str) -> list[Journal]:
    """Every incident of the stack, the oldest first."""
    return [read(path) for path in sorted((root / FOLDER).glob(f"{stack}-[0-9]*T*Z.json"))]


def read(path: Path) -> Journal:
    """A journal as it was saved."""
    try:
        content = json.loads(path.read_text())
        started = datetime.fromisoformat(content.pop("started"))
        items = {name: Item(**one) for name, one in content.pop("items").items()}
        return Journal(path=path, started=started, items=items, **content)
    except (ValueError, TypeError, LookupError, AttributeError):
        raise Stop(Exit.BAD_INPUT, f"{path.name} is no journal of ours: mend it or move it away") from None
