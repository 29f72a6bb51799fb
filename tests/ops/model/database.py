"""The stack's database as ``ops retire`` queries it."""

from __future__ import annotations

from typing import Any

from tests.ops.model.application import Application
from tests.ops.model.aws.account import ACCOUNT


class FakeDatabase:
    """Answers with the marker, the catalog and the recorded verifications of one column of rows."""

    def __init__(self, application: Application) -> None:
        self._application, self._answer = application, list[Any]()

    def __call__(self) -> Any:
        return self

    def execute(self, query: str, params: Any = ()) -> Any:
        self._answer = [(True,)]
        if "FROM strongroom.database_marker" in query:
            self._answer = [("aiponge", "staging", "staging", ACCOUNT)]
        elif "strongroom.reencrypt_verification" in query:
            self._answer = [row for kid, *row in self._application.verifications if kid == params[1]]
        elif "pg_class" in query or "pg_inherits" in query:
            self._answer = []
        return self

    def fetchall(self) -> list[Any]:
        return self._answer

    def fetchone(self) -> Any:
        return self._answer[0]

    def close(self) -> None:
        pass
