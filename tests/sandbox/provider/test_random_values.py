"""Tests of random values, as pulumi-random makes them."""

from __future__ import annotations

import re

import pytest

from sandbox.provider import random_values


@pytest.mark.parametrize(("kind", "secret"), [("RandomPassword", "result"), ("RandomBytes", "base64")])
def test_only_a_password_keeps_its_value_out_of_its_id(kind: str, secret: str) -> None:
    id_, outputs = random_values.create(f"random:index/x:{kind}", {"length": 32})
    assert (id_ == "none") is (kind == "RandomPassword")
    assert (id_ == outputs[secret]) is (kind == "RandomBytes")


def test_a_password_is_of_the_asked_length_and_alphabet() -> None:
    given = {"length": 64, "special": False, "minUpper": 5}
    text = random_values.create("random:index/randomPassword:RandomPassword", given)[1]["result"]
    assert re.fullmatch("[A-Za-z0-9]{64}", text)
