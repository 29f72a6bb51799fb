"""Tests of the store of operation records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.core.exits import Exit, Stop
from ops.operations import OperationStore, Record, new_record
from sandbox import Sandbox

BUCKET = "aiponge-pulumi-state-for-tests"
OPERATOR = "arn:aws:sts::333344445555:assumed-role/aiponge-pulumi-up/somebody"


@pytest.fixture
def s3(fresh: Sandbox) -> Iterator[Any]:
    client = fresh.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": fresh.region})
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    yield client
    versions = client.list_object_versions(Bucket=BUCKET)
    for one in (*versions.get("Versions", []), *versions.get("DeleteMarkers", [])):
        client.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def store(s3: Any) -> OperationStore:
    return OperationStore(s3, BUCKET, "staging")


def record(target: str = "jwt-secret") -> Record:
    return new_record(
        stack="staging",
        account="333344445555",
        kind="rotate",
        target=target,
        operator=OPERATOR,
        reason="a test",
        intent={"generation": 2},
        before={"aiponge/jwt-secret": "AAAA"},
    )


def test_a_record_is_read_as_it_was_written(store: OperationStore) -> None:
    written = record()
    written.mark("update", "begun", facts={"version": "1"})
    store.begin(written)
    assert store.open_record() == written


def test_there_is_no_record_before_the_first_operation(store: OperationStore) -> None:
    assert store.open_record() is None


@pytest.mark.finding(11)
def test_a_second_operation_is_refused_by_the_name_of_the_first(s3: Any, store: OperationStore) -> None:
    store.begin(record())
    with pytest.raises(
        Stop, match=r"rotate jwt-secret is in progress since .* begun by arn:.*somebody"
    ) as stop:
        OperationStore(s3, BUCKET, "staging").begin(record("redis-url"))
    assert stop.value.code == Exit.REFUSED


def test_another_stack_has_a_record_of_its_own(s3: Any, store: OperationStore) -> None:
    store.begin(record())
    OperationStore(s3, BUCKET, "prod").begin(record())


def test_a_run_that_was_taken_over_cannot_write_again(s3: Any, store: OperationStore) -> None:
    first = record()
    store.begin(first)
    other = OperationStore(s3, BUCKET, "staging")
    second = other.open_record()
    assert second is not None
    taken = other.take_over(second)
    first.mark("update", "begun")
    with pytest.raises(Stop, match="was taken over by another run") as stop:
        store.save(first)
    assert stop.value.code == Exit.REFUSED
    assert other.open_record() == taken


def test_a_finished_record_makes_room_and_is_kept(store: OperationStore) -> None:
    first = record()
    store.begin(first)
    store.keep(first, "2026-11-29T00:00:00+00:00")
    store.free(first)
    assert store.open_record() is None
    assert store.finished() == [first]
    store.begin(record("redis-url"))


def test_finished_records_are_listed_by_kind(store: OperationStore) -> None:
    for kind, target in (("rotate", "jwt-secret"), ("incident", ""), ("rotate", "redis-url")):
        one = record(target)
        one.kind = kind  # pyright: ignore[reportAttributeAccessIssue]
        store.begin(one)
        store.keep(one, "2026-11-29T00:00:00+00:00")
        store.free(one)
    assert [one.kind for one in store.finished("incident")] == ["incident"]
    assert len(store.finished()) == 3


def test_a_run_that_was_taken_over_frees_no_place(s3: Any, store: OperationStore) -> None:
    first = record()
    store.begin(first)
    store.keep(first, "2026-11-29T00:00:00+00:00")
    OperationStore(s3, BUCKET, "staging").take_over(first)
    with pytest.raises(Stop, match="was taken over by another run") as stop:
        store.free(first)
    assert stop.value.code == Exit.REFUSED
    assert store.open_record() is not None


class _LosesTheAnswer:
    """An S3 client whose next write succeeds while its response is lost, as after a timeout and a retry."""

    def __init__(self, s3: Any) -> None:
        self._s3, self.lose = s3, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def put_object(self, **arguments: Any) -> Any:
        if self.lose:
            self.lose = False
            self._s3.put_object(**arguments)
        return self._s3.put_object(**arguments)

    def delete_object(self, **arguments: Any) -> Any:
        if self.lose:
            self.lose = False
            self._s3.delete_object(**arguments)
            # moto responds 204 where S3 rejects: a condition on a deleted object.
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "DeleteObject")
        return self._s3.delete_object(**arguments)


def test_a_first_write_whose_answer_was_lost_counts(s3: Any) -> None:
    store, first = OperationStore(_LosesTheAnswer(s3), BUCKET, "staging"), record()
    store.begin(first)
    first.mark("update", "done")
    store.save(first)
    assert store.open_record() == first


def test_a_later_write_whose_answer_was_lost_counts(s3: Any) -> None:
    client, first = _LosesTheAnswer(s3), record()
    client.lose = False
    store = OperationStore(client, BUCKET, "staging")
    store.begin(first)
    client.lose = True
    first.mark("update", "done")
    store.save(first)
    store.save(first)
    assert store.open_record() == first


def test_a_deletion_whose_answer_was_lost_counts(s3: Any) -> None:
    client, first = _LosesTheAnswer(s3), record()
    client.lose = False
    store = OperationStore(client, BUCKET, "staging")
    store.begin(first)
    store.keep(first, "2026-11-29T00:00:00+00:00")
    client.lose = True
    store.free(first)
    assert store.open_record() is None


def test_a_missing_bucket_names_the_command_that_makes_it(s3: Any) -> None:
    with pytest.raises(Stop, match="run `ops bootstrap --stack staging --apply`"):
        OperationStore(s3, "no-such-pulumi-bucket", "staging").open_record()


def test_an_error_of_s3_is_passed_on(s3: Any) -> None:
    class Denied:
        def put_object(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    with pytest.raises(ClientError, match="AccessDenied"):
        OperationStore(Denied(), BUCKET, "staging").begin(record())


@pytest.mark.finding(17)
@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"kind": "erase"},
        {"steps": []},
        {"steps": {"a": {"state": "perhaps"}}},
        {"steps": {"a": {"state": "done", "facts": {"version": 1}}}},
        {"before": {"a": 1}},
        {"revision": "1"},
        {"started": "yesterday"},
        {"started": "2026-11-29T00:00:00"},
        {"finished": "yesterday"},
        {"intent": None},
        {"operator": 1},
        {"unknown": 1},
    ],
    ids=str,
)
def test_what_is_not_a_record_is_refused_without_a_traceback(
    s3: Any, store: OperationStore, change: dict[str, Any]
) -> None:
    content = {**json.loads(record().to_json()), **change}
    s3.put_object(Bucket=BUCKET, Key=store.key, Body=json.dumps(content).encode())
    with pytest.raises(Stop, match="is not an operation record") as stop:
        store.open_record()
    assert stop.value.code == Exit.BAD_INPUT


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "[" * 100_000, "\ufffd", '{"schema": 1' + "0" * 5000 + "}"]
)
def test_text_that_is_not_json_of_ours_is_refused(s3: Any, store: OperationStore, text: str) -> None:
    s3.put_object(Bucket=BUCKET, Key=store.key, Body=text.encode())
    with pytest.raises(Stop, match="is not an operation record"):
        store.open_record()
