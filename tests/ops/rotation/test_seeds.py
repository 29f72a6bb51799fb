"""Tests of the seeds that are deleted from the state with their generations."""

from __future__ import annotations

import pytest

from encryption_keys import Ring, derive, ring_document
from ops.rotation.seeds import Drops, leaving, urns
from settings import read_stack_file
from tests.program import shipped

KEY = "entry-encryption-key"


def ring(current: int, *generations: int) -> Ring:
    def status(generation: int) -> str:
        return "current" if generation == current else "next" if generation > current else "decrypt-only"

    made = [(n, derive("aes-256-key", "s" * 64, KEY, n), status(n)) for n in generations]
    return Ring.load(ring_document("aes-256-key", made))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("drops", "stored", "declared", "gone"),
    [
        ("next", ring(1, 1, 2), {"generation": 1, "revoked": (2,)}, (2,)),
        ("next", ring(1, 1, 2), {"generation": 1}, ()),
        ("next", ring(2, 1, 2, 3), {"generation": 2, "revoked": (3,), "min_generation": 2}, (3,)),
        ("next", ring(2, 1, 2, 3), {"generation": 2, "revoked": (2,)}, ()),
        ("retired", ring(3, 1, 2, 3, 4), {"generation": 3, "min_generation": 3}, (1, 2)),
        ("retired", ring(3, 1, 2, 3, 4), {"generation": 3, "revoked": (4,)}, ()),
        ("retired", ring(3, 1, 2, 3, 4), {"generation": 3, "revoked": (2,)}, ()),
        # Somebody else's update has taken them out of the ring since the operation began.
        ("next", ring(1, 1, 3), {"generation": 1, "revoked": (2,)}, (2,)),
        ("retired", ring(3, 3, 4), {"generation": 3, "min_generation": 3}, (1, 2)),
    ],
)
def test_are_those_of_the_generations_that_may_go(
    drops: Drops, stored: Ring, declared: dict[str, object], gone: tuple[int, ...]
) -> None:
    secret = read_stack_file("prod").secrets[KEY].model_copy(update=declared)
    assert leaving(secret, stored, (1, 2), drops) == gone


def test_are_named_as_the_program_declares_them() -> None:
    secret = read_stack_file("prod").secrets[KEY]
    declared = {one.urn for one in shipped("prod").all("RandomPassword") if KEY in one.urn}
    assert set(urns("test", KEY, secret, (1, 2))) == declared


def test_of_an_imported_first_key_there_is_none() -> None:
    secret = read_stack_file("prod").secrets[KEY].model_copy(update={"initial": "imported"})
    assert [urn.rpartition("::")[2] for urn in urns("prod", KEY, secret, (1, 2))] == [f"values-{KEY}-g2"]
