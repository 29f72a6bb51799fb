"""Stores the open operation record of a stack in its state bucket, with conditional writes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.core import answers
from ops.core.exits import Exit, Stop
from ops.core.session import error_code
from ops.operations.record import Kind, Record

PREFIX = "strongroom/operations"
# 412: the condition is not met; 409: another conditional write is in progress.
_LOST = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_ABSENT = frozenset({"NoSuchKey", "404"})


@dataclass
class _Held:
    record: Record
    etag: str


class OperationStore:
    """Reads and writes the open operation record of one stack, with ``If-None-Match`` and ``If-Match``.

    The conditions make it a lock: only one run can create or change the record.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
    """

    def __init__(self, s3: Any, bucket: str, stack: str) -> None:
        self._s3, self._bucket, self._stack = s3, bucket, stack
        self._etag = ""

    @property
    def key(self) -> str:
        """The object key of the open record."""
        return f"{PREFIX}/{self._stack}/open.json"

    @property
    def _finished(self) -> str:
        return f"{PREFIX}/{self._stack}/finished/"

    @property
    def where(self) -> str:
        """The URL of the open record, for messages."""
        return f"s3://{self._bucket}/{self.key}"

    def open_record(self) -> Record | None:
        """The open operation record; None where there is none."""
        held = self._read()
        return held.record if held else None

    def begin(self, record: Record) -> None:
        """Write a new record; :class:`Stop` (refused), naming the open operation, where there is one."""
        try:
            self._etag = self._put(record, IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) not in _LOST:
                raise
            held = self._read()
            if held is None:
                raise Stop(Exit.PARTLY, f"{self.where} changed while it was written: run again") from None
            if held.record.id != record.id:  # equal where the first attempt arrived and its response was lost
                raise Stop(Exit.REFUSED, self.busy(held.record)) from None
            self._etag = held.etag

    def take_over(self, record: Record) -> Record:
        """Make this run the only one that may write the open record; the previous run stops."""
        held = self._read()
        if held is None or held.record.id != record.id:
            raise Stop(
                Exit.REFUSED, f"{record.title} is not open any more: another run has closed it; run again"
            )
        held.record.holder, self._etag = secrets.token_hex(8), held.etag
        self.save(held.record)
        return held.record

    def save(self, record: Record) -> None:
        """Write the record as it is now; :class:`Stop` (refused) where another run has taken it over."""
        record.revision += 1
        try:
            self._etag = self._put(record, IfMatch=self._etag)
        except ClientError as error:
            if error_code(error) not in _LOST | _ABSENT:
                raise
            held = self._read()
            ours = held is not None and (held.record.holder, held.record.revision) == (
                record.holder,
                record.revision,
            )
            if held is None or not ours:
                raise Stop(
                    Exit.REFUSED,
                    f"{record.title} was taken over by another run: this one stops before its next step",
                ) from None
            self._etag = held.etag

    def keep(self, record: Record, finished: str) -> None:
        """Copy the finished record to the finished ones."""
        record.finished = finished
        self.save(record)
        key = f"{self._finished}{record.started}-{record.kind}-{record.id}.json"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=record.to_json().encode())

    def free(self, record: Record) -> None:
        """Delete the open record; :class:`Stop` (refused) where another run has taken it over."""
        try:
            self._s3.delete_object(Bucket=self._bucket, Key=self.key, IfMatch=self._etag)
        except ClientError as error:
            if error_code(error) not in _LOST | _ABSENT:
                raise
            held = self._read()
            if held is not None and held.record.id == record.id:
                raise Stop(
                    Exit.REFUSED, f"{record.title} was taken over by another run: that one finishes it"
                ) from None

    def finished(self, kind: Kind | None = None) -> list[Record]:
        """The finished records of the stack, or those of one kind, oldest first."""
        where = {"Bucket": self._bucket, "Prefix": self._finished}
        found = answers.listed(self._s3, "list_objects_v2", "Contents", **where)
        names = sorted(one["Key"].removeprefix(self._finished) for one in found)
        keys = [f"{self._finished}{name}" for name in names if kind is None or f"-{kind}-" in name]
        return [Record.from_json(self._get(key)[0], name=f"s3://{self._bucket}/{key}") for key in keys]

    def busy(self, record: Record) -> str:
        """The message for an operator who starts another operation while this one is open."""
        how = {
            "incident": "run it again until it is finished",
            "restore-drill": "finish it with --resume, or end it with --abort, first",
        }.get(record.kind, "finish it with --resume first")
        return (
            f"{record.title} is in progress since {record.started}, begun by {record.operator}: "
            f"{how} ({self.where})"
        )

    def _put(self, record: Record, **condition: str) -> str:
        body = record.to_json().encode()
        answer = self._s3.put_object(Bucket=self._bucket, Key=self.key, Body=body, **condition)
        return str(answer["ETag"])

    def _read(self) -> _Held | None:
        try:
            text, etag = self._get(self.key)
        except ClientError as error:
            if error_code(error) in _ABSENT:
                return None
            if error_code(error) == "NoSuchBucket":
                raise Stop(
                    Exit.BAD_INPUT,
                    f"the state bucket {self._bucket} does not exist: run "
                    f"`ops bootstrap --stack {self._stack} --apply`, which makes it",
                ) from None
            raise
        return _Held(Record.from_json(text, name=self.where), etag)

    def _get(self, key: str) -> tuple[str, str]:
        found = self._s3.get_object(Bucket=self._bucket, Key=key)
        return found["Body"].read().decode("utf-8", "replace"), str(found["ETag"])
