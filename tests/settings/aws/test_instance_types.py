"""Tests of the types of instances and nodes, and of the architecture that chooses the AMI."""

from __future__ import annotations

import gzip
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from settings.aws.instance_types import TABLE, architecture, types
from tests.settings.aws.vendored import table
from tests.settings.stack_files import problems

HOST = "cinematch-production"


def test_the_table_is_that_of_botocore_and_cfn_lint() -> None:
    """After an update of either, run ``python -m tests.settings.aws.vendored``."""
    assert TABLE.read_text().splitlines()[1:] == table()


def test_every_instance_type_has_the_architecture_that_ec2_reports() -> None:
    found = find_spec("moto.ec2")
    assert found is not None
    assert found.origin is not None
    answers = Path(found.origin).parent / "resources" / "instance_types.json.gz"
    reported = json.loads(gzip.decompress(answers.read_bytes()))
    asked = types("ec2") & reported.keys()
    assert len(asked) > 1000
    wrong = {
        name
        for name in asked
        if ("arm64" in reported[name]["ProcessorInfo"]["SupportedArchitectures"])
        != (architecture(name) == "arm64")
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("path", "value", "said", "stack"),
    [
        ("platform.instanceType", "t3.lage", 'EC2 instance that runs Ubuntu; did you mean "t3.large"?', HOST),
        ("platform.instanceType", "mac2.metal", "EC2 instance that runs Ubuntu;", HOST),
        (
            "database.instanceClass",
            "db.m7g.larg",
            'RDS instance for PostgreSQL; did you mean "db.m7g.large"?',
            HOST,
        ),
        ("cache.nodeType", "t4g.medium", 'ElastiCache node; did you mean "cache.t4g.medium"?', "prod"),
    ],
)
def test_a_type_that_does_not_exist_is_refused(path: str, value: str, said: str, stack: str) -> None:
    (found,) = problems((path, value), stack=stack)
    assert found.startswith(f"{path}={value}: is no type of {said}")


@pytest.mark.parametrize("value", ["t4g.large", "m7i.large", "t3a.small"])
def test_an_instance_type_of_either_architecture_is_accepted(value: str) -> None:
    assert problems(("platform.instanceType", value), stack=HOST) == []
