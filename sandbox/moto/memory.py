"""Stores what moto drops of a resource, by account and region, until the emulated AWS is reset."""

from __future__ import annotations

from sandbox.moto.hooks import FORGET, Asked, Params

_remembered: dict[tuple[str, ...], Params] = {}
FORGET.append(_remembered.clear)


def memory(kind: str, asked: Asked, name: str) -> Params:
    """The stored record of one resource; the caller may write to it."""
    return _remembered.setdefault((kind, *asked.scope, name), {})


def every(kind: str, asked: Asked) -> list[tuple[str, Params]]:
    """(name, record) of every resource of one kind in this account and region."""
    here = (kind, *asked.scope)
    return [(key[3], kept) for key, kept in _remembered.items() if key[:3] == here and kept]


def named(kind: str, name: str) -> list[Params]:
    """The records of one name, in any account and region, for tests."""
    return [kept for key, kept in _remembered.items() if (key[0], key[3]) == (kind, name) and kept]


def forget_kind(kind: str) -> None:
    """Forget the records of one kind, in any account and region, for tests."""
    for key in [key for key in _remembered if key[0] == kind]:
        del _remembered[key]
