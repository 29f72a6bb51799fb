"""What holds at every moment, and what holds while no operation is open."""

from __future__ import annotations

from encryption_keys import kid
from settings.schema.secrets import SecretSettings
from settings.store_state import GENERATION_TAG
from tests.ops.model.application import Application
from tests.ops.model.running_stack import loaded
from tests.ops.model.stack_files import ROWS_KEY


class Invariants:
    """Checks of one stack that remember what they saw before."""

    def __init__(self) -> None:
        self.application: Application | None = None
        self._newest: dict[str, int] = {}
        self._open: str | None = None
        self._kids: dict[tuple[str, int], str] = {}
        self.began: dict[str, dict[str, str]] = {}
        """The values in the store when the command began that wrote an operation record, by its ID."""

    def look(self) -> None:
        """After each write: no key is lost, and no generation is taken back."""
        if self.application is None:
            return  # the first update
        self.no_key_is_lost()
        self.generations_only_rise()
        stack = self.application.stack
        record = stack.open_record()
        if record is not None and record.id not in self.began and stack.points.runs:
            run = stack.points.runs[-1]
            self.began[record.id], run.began = run.values, record.id
        self._no_operation_is_lost(record.id if record else None)

    def _no_operation_is_lost(self, now: str | None) -> None:
        """An operation stays open until it is kept as a finished one."""
        assert self.application
        before, self._open = self._open, now
        kept = self.application.stack.aws.objects
        assert before in (None, now) or any(before in key for key in kept), "an open operation was lost"

    def no_key_is_lost(self) -> None:
        """The key ring has every key that a row, or a row in a backup, needs."""
        assert self.application
        lost = self.application.needed - {key.kid for key in self.application.stack.ring(ROWS_KEY).keys}
        assert not lost, f"lost keys {lost}"

    def generations_only_rise(self) -> None:
        """A generation in the store only rises, and stays the same key."""
        assert self.application
        stack = self.application.stack
        for key, secret in stack.secrets.items():
            for name in (secret.name, ring_name(secret)):
                tagged = int(stack.aws.secrets[name].tags[GENERATION_TAG])
                assert tagged >= self._newest.get(name, 0), f"{name} fell to generation {tagged}"
                self._newest[name] = tagged
            for one in stack.ring(key).keys if secret.keyring else ():
                known = self._kids.setdefault((key, one.generation), one.kid)
                assert known == one.kid, f"{key} generation {one.generation} became another key"

    def holds(self) -> None:
        """Between two commands."""
        self.look()
        self.every_reader_is_accepted()

    def every_reader_is_accepted(self) -> None:
        """Whoever verifies accepts what every reader signs, encrypts or logs in with."""
        assert self.application
        stack = self.application.stack
        if stack.open_record() is not None:
            return
        for secret in stack.secrets.values():
            readers = {name: task.read for name, task in stack.aws.tasks.items() if secret.name in task.read}
            for service, read in readers.items():
                value = read[secret.name]
                if secret.kind == "redis-url":
                    assert password(value) in stack.state.accepted, f"the cache refuses {service}"
                elif secret.kind == "aes-256-key":
                    ring = stack.aws.value(ring_name(secret))
                    assert kid(value) in kids(ring), f"{service} writes rows that nobody can decrypt"
                else:
                    _verified(secret, service, value, readers)


def _verified(secret: SecretSettings, service: str, value: str, readers: dict[str, dict[str, str]]) -> None:
    for verifier, known in readers.items():
        ring = known.get(ring_name(secret))
        accepted = kids(ring) if secret.keyring and ring else {kid(known[secret.name])}
        assert kid(value) in accepted, f"{verifier} refuses what {service} signs"


def ring_name(secret: SecretSettings) -> str:
    """The name of the secret's key ring; its own name where it has none."""
    return secret.keyring.name if secret.keyring else secret.name


def kids(ring: str) -> set[str]:
    return {one.kid for one in loaded(ring).keys}


def password(url: str) -> str:
    return url.removeprefix("rediss://aiponge:").removesuffix("@cache")
