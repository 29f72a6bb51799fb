"""Answers operations that moto does not implement from memory, in the shapes of botocore's models."""

from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass
from typing import Any

from moto.core.utils import get_service_model

from sandbox.moto.hooks import ANSWERS, FORGET, Asked, Params, Refused


@dataclass(frozen=True)
class Kind:
    """The operations on one kind of resource."""

    service: str
    ident: tuple[str, ...]
    """Parameters that identify it; the last is generated where the request lacks it."""
    create: str = ""
    modify: str = ""
    reads: str = ""
    delete: str = ""
    also: tuple[tuple[str, str], ...] = ()
    """(parameter, its name in responses)."""
    arn: str = ""
    """The template of its ARN, if it has one: ``{region}``, ``{account}``, ``{id}``."""
    missing: str = "ResourceNotFoundException"
    prefix: str = ""
    """Prefix of generated ids."""
    fixed: tuple[tuple[str, Any], ...] = ()
    """Members of every response besides the parameters."""


_store: dict[tuple[str, str, str], list[Params]] = {}
FORGET.append(_store.clear)


def answer_from_memory(*kinds: Kind) -> None:
    """Answer every operation of these kinds."""
    for kind in kinds:
        for action, answer in (
            (kind.create, _create),
            (kind.modify, _modify),
            (kind.delete, _delete),
            *((read, _read) for read in kind.reads.split()),
        ):
            if action:
                ANSWERS[kind.service, action] = _bound(kind, action, answer)


def _bound(kind: Kind, action: str, answer: Any) -> Any:
    return lambda asked: answer(
        kind, asked, get_service_model(kind.service).operation_model(action).output_shape
    )


def _kept(kind: Kind, asked: Asked) -> list[Params]:
    return _store.setdefault((*asked.scope, kind.create), [])


def _flat(params: Params) -> Params:
    """Parameters, with the members of a single nested structure beside them: responses do not nest these."""
    out = dict(params)
    for value in params.values():
        if isinstance(value, dict):
            out |= {key: inner for key, inner in value.items() if key not in out}
    return out


def _named(record: Params, given: Params) -> bool:
    return all(record.get(key) == value for key, value in given.items())


def _idents(kind: Kind, params: Params) -> Params:
    """The identifying parameters of the request."""
    flat = _flat(params)
    names = {alias: original for original, alias in kind.also}
    found = {key: flat[key] for key in kind.ident if flat.get(key)}
    return found | {names[key]: flat[key] for key in names if flat.get(key) and names[key] not in found}


def _create(kind: Kind, asked: Asked, shape: Any) -> Params:
    record = {**dict(kind.fixed), **_flat(asked.params)}
    ident = kind.ident[-1]
    made_up = f"{kind.prefix}{uuid.uuid4().hex[:17]}" if kind.prefix else str(uuid.uuid4())
    record.setdefault(ident, made_up)
    record |= {other: record[key] for key, other in kind.also if key in record}
    record["_made"] = datetime.datetime.now(datetime.UTC)
    if kind.arn:
        record["_arn"] = kind.arn.format(region=asked.region, account=asked.account, id=record[ident])
    kept = _kept(kind, asked)
    same = {key: record.get(key) for key in kind.ident}
    kept[:] = [old for old in kept if not _named(old, same)] + [record]
    return _pick(shape, record)


def find(kind: Kind, asked: Asked) -> Params:
    """The record that the request identifies; AWS's error when there is none."""
    wanted = _idents(kind, asked.params)
    found = [record for record in _kept(kind, asked) if _named(record, wanted)]
    if not found:
        raise Refused(kind.missing, f"There is no {kind.ident[-1]} {', '.join(map(str, wanted.values()))}")
    return found[0]


def _modify(kind: Kind, asked: Asked, shape: Any) -> Params:
    record = find(kind, asked)
    record.update({key: value for key, value in _flat(asked.params).items() if key not in kind.ident})
    return _pick(shape, record)


def _delete(kind: Kind, asked: Asked, shape: Any) -> Params:
    record = find(kind, asked)
    _kept(kind, asked).remove(record)
    return _pick(shape, record) if shape else {}


def _read(kind: Kind, asked: Asked, shape: Any) -> Params:
    many = [name for name, part in shape.members.items() if _is_list_of_structures(part)]
    if not many:
        return _pick(shape, find(kind, asked))
    wanted = _idents(kind, asked.params)
    listed = asked.params.get(f"{kind.ident[-1]}s")
    found = [record for record in _kept(kind, asked) if _named(record, wanted)]
    if listed:
        found = [record for record in found if record.get(kind.ident[-1]) in listed]
    if wanted.get(kind.ident[-1]) and not found:
        return _pick(shape, find(kind, asked))
    return {many[0]: [_pick(shape.members[many[0]].member, record) for record in found]}


def _is_list_of_structures(shape: Any) -> bool:
    return shape.type_name == "list" and shape.member.type_name == "structure"


def _pick(shape: Any, record: Params, top: bool = True) -> Params:
    out: Params = {}
    for name, part in shape.members.items() if shape else ():
        if name in record:
            nested = top and part.type_name == "structure" and isinstance(record[name], dict)
            out[name] = {**_pick(part, record, False), **record[name]} if nested else record[name]
        elif name.lower().endswith("arn") and "_arn" in record and len(name) < 24:
            out[name] = record["_arn"]
        elif part.type_name == "timestamp" and re.match("[Cc]reat", name):
            out[name] = record["_made"]
        elif part.type_name == "structure" and top and (inner := _pick(part, record, False)):
            out[name] = inner
    return out
