"""Runs a small part of ``make drill``."""

from __future__ import annotations

import pytest

from tests.drill.drill import HARM, Drill
from tests.postgres import Postgres

SCALE = 0.05


@pytest.mark.accepts("A10", "A11")
@pytest.mark.attack(21)
@pytest.mark.attack(22)
@pytest.mark.attack(23)
@pytest.mark.attack(26)
def test_loses_nothing_to_live_writers_two_runs_kills_and_lost_sessions(postgres: Postgres) -> None:
    drill = Drill(postgres, SCALE)
    counts = drill()
    print("", *(f"{name} {count}" for name, count in counts.items()), sep="\n  ")
    assert drill.said == []
    assert {name: counts[name] for name in HARM} == dict.fromkeys(HARM, 0)
    assert (counts["rows"], counts["verified clean"]) == (10_000, 1)
    assert (counts["refused"], counts["killed"], counts["sessions terminated"]) == (2, 2, 1)
    assert sum(count for name, count in counts.items() if name.startswith("live writes")) >= 1_000
    assert min(counts["live writes: old key"], counts["live writes: owner alone"]) > 50
    assert counts["rows with a new owner"] > 100
