"""Evaluates the JSON Schema keywords that CloudFormation's resource schemas use.

Required properties are read in conditions only: which parameters a call needs is in the service's model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.validation.patterns import matches
from sandbox.validation.problem import Problem, shown

Schema = Any  # an object, or True or False


def problems(schema: Schema, value: Any, root: dict[str, Any], path: str = "") -> Iterator[Problem]:
    """Everything in ``value`` that the schema does not allow; ``root`` has the definitions."""
    if schema is False:
        yield Problem(path, "not allowed here")
    if not isinstance(schema, dict):
        return
    schema = resolved(schema, root)
    yield from _conditions(schema, value, root, path)
    if isinstance(value, dict):
        yield from _object(schema, value, root, path)
    elif isinstance(value, list | tuple):
        yield from _list(schema, list(value), root, path)
    elif isinstance(value, bool):
        if value not in schema.get("enum", (value,)):
            yield Problem(path, f"must not be {value} here")
    elif isinstance(value, str) or (isinstance(value, int | float) and _is_text(schema)):
        yield from _text(schema, str(value), path)
    elif isinstance(value, int | float):
        yield from _number(schema, value, path)


def resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference points to."""
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _is_text(schema: dict[str, Any]) -> bool:
    """CloudFormation writes some numbers of the services as texts."""
    return schema.get("type") == "string"


def _conditions(schema: dict[str, Any], value: Any, root: dict[str, Any], path: str) -> Iterator[Problem]:
    for part in schema.get("allOf", ()):
        yield from problems(part, value, root, path)
    if "if" in schema:
        then = schema.get("then" if holds(schema["if"], value, root) else "else", True)
        yield from problems(then, value, root, path)


def _object(
    schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any], path: str
) -> Iterator[Problem]:
    lead = f"{path}." if path else ""
    given = {
        key for key, item in value.items() if item not in ([], {}, "")
    }  # what is empty is as if left out
    for key, others in schema.get("dependentExcluded", {}).items():
        for other in others if key in given else ():
            if other in given:
                yield Problem(f"{lead}{key}", f"not allowed together with {other}")
    names = schema.get("propertyNames")
    for key, item in value.items():
        if names is not None and not holds(names, key, root):
            yield Problem(f"{lead}{key}", "a name that is not allowed")
        if key in schema.get("properties", {}):
            yield from problems(schema["properties"][key], item, root, f"{lead}{key}")


def _list(schema: dict[str, Any], value: list[Any], root: dict[str, Any], path: str) -> Iterator[Problem]:
    yield from _between(schema, len(value), "minItems", "maxItems", f"{len(value)} items", path)
    plain = [one for one in value if isinstance(one, str | int)]
    if schema.get("uniqueItems") and len(set(plain)) < len(plain):
        yield Problem(path, "an item is listed twice")
    for number, item in enumerate(value):
        yield from problems(schema.get("items", True), item, root, f"{path}[{number}]")


def _text(schema: dict[str, Any], value: str, path: str) -> Iterator[Problem]:
    yield from _between(schema, len(value), "minLength", "maxLength", f"{len(value)} characters", path)
    allowed = [str(one) for one in schema.get("enum", ())]
    folded = [str(one).lower() for one in schema.get("enumCaseInsensitive", ())]
    if (allowed and value not in allowed) or (folded and value.lower() not in folded):
        yield Problem(path, f"must be {_listed(allowed or folded)}, not {shown(path, value)}")
    if "const" in schema and value != str(schema["const"]):
        yield Problem(path, f"must be {schema['const']}, not {shown(path, value)}")
    if "pattern" in schema and not matches(schema["pattern"], value, whole=False):
        yield Problem(path, f"{shown(path, value)} must match {schema['pattern']}")


def _number(schema: dict[str, Any], value: float, path: str) -> Iterator[Problem]:
    yield from _between(schema, value, "minimum", "maximum", str(value), path)
    allowed = schema.get("enum")
    if allowed and value not in allowed:
        yield Problem(path, f"must be {_listed(allowed)}, not {value}")


def _between(
    schema: dict[str, Any], value: float, low: str, high: str, said: str, path: str
) -> Iterator[Problem]:
    if low in schema and value < schema[low]:
        yield Problem(path, f"{said}, at least {schema[low]}")
    if high in schema and value > schema[high]:
        yield Problem(path, f"{said}, at most {schema[high]}")


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values)) if len(values) <= 25 else f"one of {len(values)} values"


def holds(schema: Schema, value: Any, root: dict[str, Any]) -> bool:
    """Whether a condition holds for the value; a keyword that is not evaluated holds."""
    if isinstance(schema, bool):
        return schema
    schema = resolved(schema, root)
    if isinstance(value, dict) and any(key not in value for key in schema.get("required", ())):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "type" in schema and not _has_type(schema["type"], value):
        return False
    if "not" in schema and holds(schema["not"], value, root):
        return False
    alternatives: tuple[tuple[str, Callable[[list[bool]], bool]], ...] = (
        ("anyOf", any),
        ("allOf", all),
        ("oneOf", lambda found: sum(found) == 1),
    )
    for word, enough in alternatives:
        if word in schema and not enough([holds(part, value, root) for part in schema[word]]):
            return False
    if isinstance(value, dict) and not all(
        holds(part, value[key], root) for key, part in schema.get("properties", {}).items() if key in value
    ):
        return False
    return next(problems({**schema, "properties": {}}, value, root), None) is None


def _has_type(wanted: str | list[str], value: Any) -> bool:
    kinds = {"object": dict, "array": (list, tuple), "string": (str, int, float), "boolean": bool}
    kinds |= {"integer": int, "number": (int, float)}
    return any(
        isinstance(value, kinds.get(one, object)) for one in ([wanted] if isinstance(wanted, str) else wanted)
    )
