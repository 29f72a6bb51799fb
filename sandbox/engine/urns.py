"""Builds URNs as the engine does, for a resource's name and for every alias of it."""

from __future__ import annotations

from typing import Any

from sandbox.engine.model import STACK_TYPE


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource: the types of its ancestors are part of it, the stack's is not."""
    chain = parent.split("::")[2] if parent else ""
    prefix = "" if chain in ("", STACK_TYPE) else f"{chain}$"
    return f"urn:pulumi:{stack}::{project}::{prefix}{type_}::{name}"


def name_of(urn: str) -> str:
    """The logical name."""
    return urn.split("::", 3)[3]


def type_of(urn: str) -> str:
    """The type token without its ancestors."""
    return urn.split("::")[2].rpartition("$")[2]


def aliases(request: Any, stack: str, project: str, parents: dict[str, list[str]]) -> list[str]:
    """Every other URN that the aliases of the request and of its parent stand for."""
    here = make(stack, project, request.parent, request.type, request.name)
    found: list[str] = list(request.aliasURNs)
    elders = [(request.parent, request.name)]
    for elder in parents.get(request.parent, []):
        elders.append((elder, _renamed(request.name, name_of(request.parent), name_of(elder))))
    for alias in request.aliases:
        if alias.urn:
            found.append(alias.urn)
            continue
        spec = alias.spec
        own_parents = [("", request.name)] if spec.noParent else elders
        if spec.parentUrn:
            own_parents = [(spec.parentUrn, request.name)]
        for parent, name in own_parents:
            found.append(
                make(
                    spec.stack or stack,
                    spec.project or project,
                    parent,
                    spec.type or request.type,
                    spec.name or name,
                )
            )
    found += [make(stack, project, parent, request.type, name) for parent, name in elders]
    return [urn for urn in dict.fromkeys(found) if urn != here]


def _renamed(name: str, parent: str, elder: str) -> str:
    """A child's old name, where it begins with its parent's name and the parent was renamed."""
    return elder + name.removeprefix(parent) if parent and name.startswith(parent) else name
