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
