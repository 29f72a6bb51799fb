"""The configuration reference: every key of a stack file, its type, default and meaning, from the models."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from settings.schema.stack import Settings

HEAD = """# Configuration

Every key of `Pulumi.<stack>.yaml`, under the namespace `strongroom:`. This page is generated from the models
in `settings/` (`make docs`). A mistake in a stack file is reported with its path, rule and remedy, all
mistakes at once. Secret values stand in none of these keys: they live encrypted under `strongroom:values`
(see `docs/environment.md`).
"""


def page() -> str:
    """The whole reference as Markdown."""
    sections = [HEAD]
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if name not in Settings.model_fields:
            continue
        field = Settings.model_fields[name]
        sections.append(f"## {to_camel(name)}\n")
        for path, model in _models(to_camel(name), hint):
            sections.append(f"### `{path}`\n\n{_prose(inspect.getdoc(model))}\n\n{_table(model)}")
        if not list(_models("", hint)):
            meaning = _prose(_meanings(Settings).get(name))
            sections.append(f"{_type(hint)}, {_default(field)}. {meaning}".rstrip() + "\n")
    return "\n".join(sections)


def _models(path: str, hint: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield path, hint
        for name, inner in get_type_hints(hint, include_extras=True).items():
            if name in hint.model_fields:
                yield from _models(f"{path}.{to_camel(name)}", inner)
        return
    inside = get_args(hint)
    mapped = getattr(hint, "__origin__", None) is dict
    for inner in inside:
        yield from _models(f"{path}.<name>" if mapped else path, inner)


def _table(model: type[BaseModel]) -> str:
    rows = ["| key | type | default | meaning |", "| --- | --- | --- | --- |"]
    meanings, hints = _meanings(model), get_type_hints(model)
    for name, field in model.model_fields.items():
        meaning = _prose(meanings.get(name))
        rows.append(f"| `{to_camel(name)}` | {_type(hints[name])} | {_default(field)} | {meaning} |")
    return "\n".join(rows) + "\n"


def _prose(text: str | None) -> str:
    return " ".join((text or "").split()).replace("``", "`")


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """The strings under the fields of the model and its bases."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if cls in (BaseModel, object) or not issubclass(cls, BaseModel):
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        assert isinstance(body, ast.ClassDef)
        for one, two in zip(body.body, body.body[1:], strict=False):
            if (
                isinstance(one, ast.AnnAssign)
                and isinstance(one.target, ast.Name)
                and isinstance(two, ast.Expr)
            ):
                text = two.value
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found[one.target.id] = text.value
    return found


def _type(hint: Any) -> str:
    if getattr(hint, "__metadata__", None):
        hint = hint.__origin__
    arguments = [argument for argument in get_args(hint) if argument not in (type(None), Ellipsis)]
    origin = getattr(hint, "__origin__", None)
    if origin is dict:
        return "map"
    if origin is tuple:
        return "list"
    if arguments and all(isinstance(argument, str) for argument in arguments):
        return " / ".join(f"`{argument}`" for argument in arguments)
    if arguments:
        return " or ".join(
            _type(argument) if not isinstance(argument, int) else str(argument) for argument in arguments
        )
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return "object"
    return {"str": "text", "int": "number", "bool": "true / false", "IPv4Network": "CIDR"}.get(
        getattr(hint, "__name__", ""), "text"
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra["default"])
    value = field.default
    if field.default_factory is not None or value in ((), {}, PydanticUndefined):
        return "empty"
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        return "see there"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
