"""A restore drill with the check function, and a dump that was restored on a real server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.check_restored_database.handler import handler
from ops.core.exits import Exit
from ops.restore.result import result
from sandbox.moto.services.data.restored_instances import Script, following
from tests.functions.check_restored_database.restored import OLD, ROWS, Copy
from tests.ops.restore.restorable import Restorable, restorable


class Lambda:
    """Runs the check function in this process."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert FunctionName == "aiponge-check-restored-database"
        return {"Payload": io.BytesIO(json.dumps(handler(json.loads(Payload))).encode())}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restorable]:
    with restorable(tmp_path_factory.mktemp("drill")) as made:
        yield made


@pytest.fixture
def db(stack: Restorable, copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Restorable]:
    """The emulated stack, whose restored instance has the address of the copy on the real server."""
    stack.reset()
    stack.back_up()
    monkeypatch.setattr("ops.restore.check.function_client", lambda context: Lambda())
    with following(Script(differs={"Endpoint": {"Address": "localhost", "Port": copy.server.port}})):
        yield stack


def problem(db: Restorable) -> str:
    (record,) = db.finished()
    return result(record).problem


@pytest.mark.accepts("A43")
def test_records_the_rows_and_the_decrypted_values_of_the_copy(db: Restorable) -> None:
    assert db.drill() == Exit.DONE
    (record,) = db.finished()
    found = result(record)
    assert found.tables == {"lib_entries": ROWS, "usr_insights": ROWS}
    assert found.opened == 2 * ROWS


def test_fails_where_rows_are_missing(db: Restorable, copy: Copy) -> None:
    copy.execute("DELETE FROM lib_entries WHERE id = 3")
    assert db.drill() == Exit.FINDING
    assert problem(db) == f"lib_entries has {ROWS - 1} rows: at least {ROWS} are expected"


def test_fails_where_the_ring_has_no_key_of_the_values(db: Restorable, copy: Copy) -> None:
    copy.ring = OLD
    assert db.drill() == Exit.FINDING
    assert "sampled values" in problem(db)
