"""Tests of database URLs: parsed as they were formatted, and refused without being quoted."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.rotate_database.address import Address, AddressError, parse

GOOD = "postgresql://app_a:hush-hush@db.example.com:5432/aiponge?sslmode=require"
text = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@pytest.mark.attack(36)
@given(user=text, password=text, database=text)
@example(user="a:b@c/d%e#f?g", password="a:b@c/d%e#f?g", database="a:b@c/d%e#f?g")
def test_reads_back_what_was_written(user: str, password: str, database: str) -> None:
    address = Address(user, password, "db.example.com", 5432, database, "verify-full")
    assert parse(address.url()) == address


def test_takes_the_usual_port_where_none_is_given() -> None:
    assert parse(GOOD.replace(":5432", "")).port == 5432


def test_shows_no_password() -> None:
    address = parse(GOOD)
    assert "hush" not in f"{address} {address!r}"
    assert str(address) == repr(address)


@pytest.mark.attack(32)
@pytest.mark.attack(34)
@pytest.mark.parametrize(
    "url",
    [
        "",
        "hush-hush",
        GOOD.replace("postgresql", "mysql"),
        GOOD.replace("app_a", ""),
        GOOD.replace(":hush-hush", ""),
        GOOD.replace("db.example.com", ""),
        GOOD.replace("/aiponge", ""),
        GOOD.replace("/aiponge", "/aiponge/more"),
        GOOD.replace("5432", "99999"),
        GOOD.replace("5432", "hush"),
        GOOD.replace("?sslmode=require", ""),
        GOOD + "&sslmode=require",
        GOOD + "&host=elsewhere.example.com",
        GOOD.replace("?", "?hostaddr=10.0.0.1&"),
        GOOD + "#hush",
        GOOD + "\n",
        GOOD.replace("hush-hush", "hush\thush"),
        GOOD.replace("hush-hush", "hush%ff"),
        GOOD.replace("db.example.com", "[hush"),
        *(GOOD.replace("require", mode) for mode in ("disable", "allow", "prefer", "no-verify", "")),
    ],
)
def test_refuses_anything_else_without_quoting_it(url: str) -> None:
    with pytest.raises(AddressError, match=r"^the URL") as caught:
        parse(url)
    assert "hush" not in str(caught.value)
    assert caught.value.__context__ is None
