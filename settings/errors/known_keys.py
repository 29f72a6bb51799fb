"""Finds the keys of the object at a path of a model, of which an error offers the nearest one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel


def known_keys(hint: Any, path: Sequence[int | str]) -> tuple[str, ...]:
    """The keys of every model that may be at ``path``, with entries of maps and lists by their names."""
    models = _models(hint)
    if not path:
        return tuple(dict.fromkeys(key for model in models for key in _fields(model)))
    step, rest = path[0], path[1:]
    found = [
        known_keys(hint, rest) for model in models for key, hint in _fields(model).items() if key == step
    ]
    found += [known_keys(inner, rest) for inner in _entries(hint)]
    return tuple(dict.fromkeys(key for keys in found for key in keys))


def _models(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    if _is_container(hint):
        return []
    return [model for inner in get_args(hint) for model in _models(inner)]


def _entries(hint: Any) -> list[Any]:
    """The types of the entries of a map or list, also where it is optional or annotated."""
    if _is_container(hint):
        return [one for one in get_args(hint)[-2:] if one is not Ellipsis]
    return [found for inner in get_args(hint) for found in _entries(inner)]


def _is_container(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping | Sequence)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """The type of each field, by its key in the file."""
    hints = get_type_hints(model, include_extras=True)
    return {field.alias or name: hints[name] for name, field in model.model_fields.items()}
