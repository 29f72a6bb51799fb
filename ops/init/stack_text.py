"""Renders the stack file of a new stack from a template, with an address space that no other stack has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from string import Template
from typing import Literal

from settings.checks.examples import ACCOUNT_ID

TEMPLATES = Path(__file__).with_name("templates")
Platform = Literal["containers", "host"]
PRODUCTION_NAMES = ("prod", "production", "live")
COPIES = {"eu-central-1": "eu-west-1"}
"""Regions whose backups are not copied to eu-central-1."""
LAST = 255


@dataclass(frozen=True, kw_only=True)
class NewStack:
    """The stack to write a file for."""

    name: str
    application: str
    environment: str
    production: bool
    region: str

    @classmethod
    def named(cls, stack: str, *, application: str | None, region: str) -> NewStack:
        """Derive application and environment from ``<application>-<environment>``; ValueError otherwise."""
        first, _, last = stack.rpartition("-")
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", stack):
            raise ValueError(f"--stack {stack}: use lower-case letters, digits and single hyphens")
        if not (application or first):
            raise ValueError(f"--stack {stack}: names no application; write <application>-{stack}")
        return cls(
            name=stack,
            application=application or first,
            environment=last,
            production=last in PRODUCTION_NAMES,
            region=region,
        )


def render(new: NewStack, like: Platform, taken: Iterable[IPv4Network]) -> str:
    """The text of the stack file; ``taken`` are the address spaces of the other stacks."""
    kind = "production" if new.production else "staging"
    text = "\n".join(_lines_for(kind, (TEMPLATES / f"{like}.yaml").read_text().splitlines()))
    return Template(f"{text}\n").substitute(
        stack=new.name,
        application=new.application,
        environment=new.environment,
        production=str(new.production).lower(),
        region=new.region,
        copy_region=COPIES.get(new.region, "eu-central-1"),
        account=ACCOUNT_ID,
        admin=f"{new.application.replace('-', '_')}_admin"[:31],
        cidr=free_network(taken),
    )


def free_network(taken: Iterable[IPv4Network]) -> IPv4Network:
    """The first /16 of 10.0.0.0/8, from 10.20.0.0 on, that overlaps none of ``taken``."""
    blocks = tuple(taken)
    for number in range(20, LAST + 1):
        block = IPv4Network(f"10.{number}.0.0/16")
        if not any(block.overlaps(other) for other in blocks):
            return block
    raise ValueError("no /16 of 10.0.0.0/8 is free; write network.cidr by hand")


def _lines_for(kind: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines of every stack, and those that begin with ``@<kind>``, without it."""
    for line in lines:
        indent, at, rest = line.partition("@")
        if not at or indent.strip():
            yield line
        elif rest.startswith(f"{kind} "):
            yield indent + rest.removeprefix(f"{kind} ")
