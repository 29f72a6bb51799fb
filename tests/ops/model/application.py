"""The application's rows, tasks and backups, and what re-encryption and verification do to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from encryption_keys import kid
from tests.ops.model.running_stack import RunningStack
from tests.ops.model.stack_files import ROWS_KEY


class Application:
    """Rows by the fingerprint of their key, and the database's backups and verifications."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.rows: dict[int, str] = {}
        self.backups: list[set[str]] = []
        self.given_up: set[str] = set()
        """Keys that an operator gave up although a backup needs them."""
        self.verifications: list[tuple[Any, ...]] = []
        """What is recorded: key, started, finished, old, poison, encrypted, undeclared."""
        self._time = datetime(2026, 1, 1, tzinfo=UTC)
        """The database's clock."""

    @property
    def needed(self) -> set[str]:
        """The fingerprints of the keys that a row or a backup needs."""
        return set(self.rows.values()) | (set[str]().union(*self.backups) - self.given_up)

    def write_row(self) -> None:
        """Encrypt one row with the key of the running task."""
        name = self.stack.secrets[ROWS_KEY].name
        (writer,) = [task for task in self.stack.aws.tasks.values() if name in task.read]
        self.rows[len(self.rows)] = kid(writer.read[name])

    def reencrypt(self, count: int | None = None) -> None:
        """Encrypt rows again with the current key of the stored key ring."""
        ring = self.stack.ring(ROWS_KEY)
        known = {key.kid for key in ring.keys}
        old = [row for row, key in self.rows.items() if key != ring.current.kid][:count]
        for row in old:
            assert self.rows[row] in known, "re-encryption cannot read a row"
            self.rows[row] = ring.current.kid

    def reencrypt_one(self) -> None:
        """The same, ended after one row."""
        self.reencrypt(1)

    def wait(self) -> None:
        """Until transactions from before have ended."""
        self._time += timedelta(minutes=20)

    def verify(self) -> None:
        """Count the rows that the current key does not decrypt, and record it."""
        current = self.stack.ring(ROWS_KEY).current.kid
        self._time += timedelta(minutes=1)
        old = sum(key != current for key in self.rows.values())
        self.verifications.insert(0, (current, self._time, self._time, old, 0, len(self.rows), 0))

    def back_up(self) -> None:
        """Take a snapshot, of one row at least."""
        self.write_row()
        self._time += timedelta(minutes=1)
        self.stack.aws.snapshots.append(self._time)
        self.backups.append(set(self.rows.values()))

    def delete_backups(self) -> None:
        self.stack.aws.snapshots.clear()
        self.backups.clear()

    def deploy_gateway(self) -> None:
        self.stack.aws.deploy("aiponge-api-gateway")

    def deploy_user(self) -> None:
        self.stack.aws.deploy("aiponge-user")

    def prepare_retirement(self) -> None:
        """Everything that ``ops retire`` asks for, unless somebody rotates again."""
        self.write_row()
        self.reencrypt()
        for _ in range(2):
            self.wait()
            self.verify()


EVENTS: tuple[Callable[[Application], None], ...] = (
    Application.write_row,
    Application.reencrypt,
    Application.reencrypt_one,
    Application.verify,
    Application.wait,
    Application.back_up,
    Application.delete_backups,
    Application.deploy_gateway,
    Application.deploy_user,
)
