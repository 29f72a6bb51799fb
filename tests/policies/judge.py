"""Evaluates rules as the engine does: proxies, numbers as floats, unknown values, dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy
from rules import ALL
from rules.pack.config import Configuration
from rules.pack.evaluator import Evaluation, Evaluator
from rules.pack.graph import Stack
from rules.pack.properties import canonical, strings
from rules.pack.rule import Resource

from tests.harness import ACCOUNT, OUTPUTS, REGION, Deployment, Registered

UNKNOWN = UNKNOWN_STRING_VALUE
STRICT = Configuration()
TAGS = {"App": "aiponge", "Env": "prod", "ManagedBy": "pulumi"}
PROVIDER = {"defaultTags": {"tags": TAGS}, "region": REGION, "allowedAccountIds": [ACCOUNT]}


@dataclass(frozen=True)
class Entry:
    """One resource of a hand-made stack; ``needs`` names the resources that its properties depend on."""

    type: str
    props: Mapping[str, Any]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool = True
    ignore_changes: tuple[str, ...] = ()
    parent: str = ""

    def but(self, *, needs: Mapping[str, tuple[str, ...]] | None = None, **props: Any) -> Entry:
        """The same with other properties; None removes a property."""
        kept = {key: value for key, value in {**self.props, **props}.items() if value is not None}
        return Entry(
            self.type, kept, {**self.needs, **(needs or {})}, self.protect, self.ignore_changes, self.parent
        )


def judge(
    type_: str,
    inputs: Mapping[str, Any],
    *,
    config: Configuration = STRICT,
    name: str = "test",
    protect: bool = True,
    ignore_changes: tuple[str, ...] = (),
    provider: Mapping[str, Any] | None = PROVIDER,
) -> Evaluation:
    """The findings of the resource rules for one resource."""
    one = Resource(
        type=canonical(type_),
        name=name,
        urn=f"urn:pulumi:test::strongroom::{type_}::{name}",
        props=as_sent(inputs),
        protect=protect,
        ignore_changes=ignore_changes,
        provider=as_sent(provider) if provider is not None else None,
    )
    return Evaluator(ALL).evaluate_resource(one, config)


def broken(type_: str, inputs: Mapping[str, Any], **context: Any) -> set[str]:
    """The names of the resource rules that a resource with these inputs breaks."""
    return set(judge(type_, inputs, **context).findings)


def judge_stack(entries: Mapping[str, Entry], config: Configuration = STRICT) -> Evaluation:
    """The findings of the stack rules for a hand-made stack."""
    return Evaluator(ALL).evaluate_stack(Stack(assemble(entries), config))


def assemble(entries: Mapping[str, Entry], provider: Mapping[str, Any] = PROVIDER) -> Iterable[Resource]:
    """Connect resources by name."""
    ties: dict[str, dict[str, list[Resource]]] = {name: {} for name in entries}
    stamp = as_sent(provider)
    made = {
        name: Resource(
            type=canonical(entry.type),
            name=name.rpartition("::")[2],
            urn=name if name.startswith("urn:") else f"urn:pulumi:test::strongroom::{entry.type}::{name}",
            props=as_sent(entry.props),
            protect=entry.protect,
            ignore_changes=entry.ignore_changes,
            provider=stamp,
            parent=entry.parent,
            needs=ties[name],
        )
        for name, entry in entries.items()
    }
    for name, entry in entries.items():
        for key, others in entry.needs.items():
            ties[name][key] = [made[other] for other in others if other in made]
    return made.values()


def recorded(deployment: Deployment) -> dict[str, Entry]:
    """The resources of a recorded deployment by URN, with the ids and ARNs that AWS would assign."""
    return {
        one.urn: Entry(
            one.type,
            {
                "arn": f"arn:aws:{one.type.split(':')[1].split('/')[0]}:{REGION}:{ACCOUNT}:{one.name}",
                **one.inputs,
            },
            one.property_dependencies,
            one.protect,
            one.ignore_changes,
            one.parent,
        )
        for one in deployment.resources
    }


def first_preview(deployment: Deployment) -> dict[str, Entry]:
    """A recorded deployment as in a first preview: values that AWS assigns are unknown."""
    given = {one.urn: tuple(_given(one)) for one in deployment.resources}
    return {
        urn: Entry(
            entry.type,
            {
                key: _unknown_where(
                    value, {text for need in entry.needs.get(key, ()) for text in given[need]}
                )
                for key, value in entry.props.items()
                if key != "arn" or "arn" not in given[urn]
            },
            entry.needs,
            entry.protect,
            entry.ignore_changes,
            entry.parent,
        )
        for urn, entry in recorded(deployment).items()
    }


def _given(one: Registered) -> Iterable[str]:
    """The texts that only AWS (or the random provider) can assign."""
    yield f"{one.name}-id"
    if "arn" not in one.inputs:
        yield f"arn:aws:{one.type.split(':')[1].split('/')[0]}:{REGION}:{ACCOUNT}:{one.name}"
    if "name" not in one.inputs:
        yield one.name
    for _, text in strings(OUTPUTS.get(one.type, {})):
        yield text
    if one.type == "random:index/randomPassword:RandomPassword":
        yield ""  # a value that is derived from it is unknown too


def _unknown_where(value: Any, given: set[str]) -> Any:
    if isinstance(value, str):
        return UNKNOWN if any(text in value for text in given) else value
    if isinstance(value, Mapping):
        return {key: _unknown_where(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unknown_where(inner, given) for inner in value]
    return value


def as_sent(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Properties as a policy receives them."""
    return unknown_checking_proxy(_wire(value))


def _wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _wire(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(inner) for inner in value]
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
