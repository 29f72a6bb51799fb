"""Checks parameters against CloudFormation's resource schemas, which know what the models of services lack.

botocore knows little of EC2, RDS and S3. The schemas are those that cfn-lint brings, with its additions;
a property counts where its name is that of the call's parameter.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jmespath

from sandbox.validation import json_schema
from sandbox.validation.cloudformation_types import DIFFERENT, PARTIAL, Target, target_of
from sandbox.validation.problem import Problem

REGION = "eu-west-1"
"""The region whose list of types is read: the schemas of all commercial regions are the same files."""


OFFERS = re.compile("engine_version|class")
"""Additions that list what AWS offers today, which `ops preflight` asks AWS itself."""


@dataclass(frozen=True)
class Resource:
    """The schema of one type, and cfn-lint's additions to it."""

    schema: dict[str, Any]
    additions: tuple[dict[str, Any], ...]


def problems(model: Any, params: dict[str, Any]) -> Iterator[Problem]:
    """What the schema of the type that the operation creates or changes does not allow."""
    target = target_of(model.service_model.service_name, model.name)
    resource = resource_of(target.type) if target else None
    if target is None or resource is None:
        return
    for where, given in _parts(target, params):
        schema = _schema(target, resource)
        named = _named(schema, given, resource.schema)
        found = list(json_schema.problems(schema, named, resource.schema, where))
        if not target.definition and not model.name.startswith(PARTIAL):
            for addition in resource.additions:
                found += json_schema.problems(addition, named, addition, where)
        for one in dict.fromkeys(found):
            if (target.type, one.path.rpartition(".")[2].partition("[")[0]) not in DIFFERENT:
                yield Problem(one.path, one.text, f"CloudFormation: {target.type}")


def _parts(target: Target, params: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The objects in the parameters that the schema describes, with their paths."""
    if not target.inside:
        return [("", params)]
    found = jmespath.search(target.inside, params)
    parts = found if isinstance(found, list) else [found]
    return [(target.inside.replace("[]", ""), part) for part in parts if isinstance(part, dict)]


def _schema(target: Target, resource: Resource) -> dict[str, Any]:
    return resource.schema["definitions"][target.definition] if target.definition else resource.schema


def _named(schema: Any, value: Any, root: dict[str, Any]) -> Any:
    """The value under the schema's names; what it has no name for is left out."""
    schema = json_schema.resolved(schema, root) if isinstance(schema, dict) else {}
    if isinstance(value, dict) and "properties" in schema:
        names = _lower_names(tuple(schema["properties"]))
        return {
            name: _named(schema["properties"][name], item, root)
            for key, item in value.items()
            if item is not None and (name := names.get(key.lower()))
        }
    if isinstance(value, list | tuple):
        return [_named(schema.get("items", {}), item, root) for item in value]
    return value


@cache
def _lower_names(names: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in names}


@cache
def resource_of(type_: str) -> Resource | None:
    """The schema of a type; None where CloudFormation has no such type."""
    file = _index().get(type_.lower())
    if file is None:
        return None
    folder = _data() / "extensions" / type_.lower().replace("::", "_")
    texts = [path.read_text() for path in sorted(folder.glob("*.json")) if not OFFERS.search(path.name)]
    additions = [json.loads(text) for text in texts if "cfnGather" not in text]
    schema = json.loads((_data() / "resources" / f"{file}.json").read_text())
    return Resource(schema, tuple(additions))


@cache
def _index() -> dict[str, str]:
    """Type, in lower case, to the name of its file."""
    listed = json.loads((_data() / "providers" / f"{REGION}.json").read_text())
    return {type_.lower(): file for type_, file in listed.items()}


@cache
def _data() -> Path:
    """The schemas of cfn-lint, found without loading it, which takes seconds."""
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0], "data", "schemas")
