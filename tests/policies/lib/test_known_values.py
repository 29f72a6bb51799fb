"""Tests of finding known values anywhere in a text, in each encoding."""

from __future__ import annotations

import base64
import random
import string

import pytest
from rules.lib.known_values import SHORTEST, KnownValues

ALNUM = string.ascii_letters + string.digits
GENERATED = ["".join(random.Random(seed).choices(ALNUM, k=40)) for seed in range(200)]
KEYS = [base64.b64encode(random.Random(seed).randbytes(32)).decode() for seed in range(200)]


@pytest.mark.parametrize("offset", range(17))
def test_a_known_value_is_found_wherever_it_lies(offset: int) -> None:
    values = KnownValues()
    values.add(GENERATED[0])
    assert values.within("x" * offset + GENERATED[0] + "y" * 3) == {GENERATED[0]}


@pytest.mark.attack(6)
def test_a_known_value_is_found_in_hex_url_and_base64_form() -> None:
    values = KnownValues()
    values.add(KEYS[0])
    raw = KEYS[0].encode()
    forms = [
        raw.hex(),
        KEYS[0].replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        base64.b64encode(raw).decode(),
    ]
    assert [values.within(f"at {form} end") for form in forms] == [{KEYS[0]}] * 3


def test_a_short_value_is_not_looked_for() -> None:
    values = KnownValues()
    values.add("a" * (SHORTEST - 1))
    assert values.within("a" * 100) == set()
