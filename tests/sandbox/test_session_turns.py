"""Tests that the sandbox's server answers one request at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.session import in_turn


def test_requests_of_several_clients_are_answered_one_after_another() -> None:
    """moto's S3 keeps the present request in one object: two at once would read each other's."""
    present, most, guard = 0, 0, threading.Lock()

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        nonlocal present, most
        with guard:
            present += 1
            most = max(most, present)
        time.sleep(0.01)
        yield environ["name"].encode()
        with guard:
            present -= 1

    serving = in_turn(app)
    with ThreadPoolExecutor(4) as clients:
        answers = list(clients.map(lambda n: list(serving({"name": f"{n}"}, None)), range(12)))
    assert answers == [[f"{n}".encode()] for n in range(12)]
    assert most == 1
