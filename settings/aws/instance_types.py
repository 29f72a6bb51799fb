"""The types of EC2 instances, RDS instances and ElastiCache nodes, and the CPU architecture of EC2's."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

Kind = Literal["ec2", "db", "cache"]
TABLE = Path(__file__).with_name("instance_types.tsv")
"""What AWS offers in any commercial region; its first line says from what it was made, and when. Whether a
region offers a type is asked by ``ops preflight``."""
_ARM = re.compile(r"a1\.|[a-z]+\d+g|[a-z]+\d+[a-z]*-gb")
"""Families with Graviton or Grace CPUs: a g follows the number of the generation.

https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
"""


@cache
def types(kind: Kind) -> frozenset[str]:
    """The types of one service: ``t3.large``, ``db.t4g.micro``, ``cache.m7g.large``."""
    prefix = "" if kind == "ec2" else f"{kind}."
    rows = (line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#"))
    return frozenset(
        f"{prefix}{family}.{size}"
        for found, family, sizes in rows
        if found == kind
        for size in sizes.split(",")
    )


def architecture(instance_type: str) -> Literal["amd64", "arm64"]:
    """The architecture of an EC2 instance type, as Ubuntu names it."""
    return "arm64" if _ARM.match(instance_type) else "amd64"


def _known(kind: Kind, what: str, example: str, value: str) -> str:
    if value not in types(kind):
        near = get_close_matches(value, sorted(types(kind)), n=1, cutoff=0.7)
        hint = f'; did you mean "{near[0]}"?' if near else f"; write one as {example}"
        raise ValueError(f"is no type of {what}{hint}")
    return value


InstanceType = Annotated[
    str, AfterValidator(lambda value: _known("ec2", "EC2 instance that runs Ubuntu", "t3.large", value))
]
DatabaseClass = Annotated[
    str, AfterValidator(lambda value: _known("db", "RDS instance for PostgreSQL", "db.m7g.large", value))
]
NodeType = Annotated[
    str, AfterValidator(lambda value: _known("cache", "ElastiCache node", "cache.t4g.medium", value))
]
