"""Tests of ``alone.build``: a program with a second component is an error."""

from __future__ import annotations

import pulumi
import pytest

from components.data import Bucket, BucketArgs
from components.kms import Keys, KeysArgs
from settings import read_stack_file
from settings.grants import grants
from tests.components.alone import build
from tests.components.stand_ins import waited_for


def bucket(name: str) -> Bucket:
    return Bucket(name, BucketArgs(bucket=f"shop-{name}", days=1))


def test_a_second_component_is_refused_by_name() -> None:
    settings = read_stack_file("prod")

    def program() -> None:
        Keys("keys", KeysArgs(names=settings.names, grants=grants(settings)))
        bucket("logs")

    with pytest.raises(AssertionError, match="builds 2 components: strongroom:index:Bucket, strongroom:"):
        build(program)


def test_a_component_twice_is_taken() -> None:
    def program() -> None:
        bucket("logs")
        bucket("trail")

    assert len(build(program).all("strongroom:index:Bucket")) == 2


def test_stand_ins_are_no_second_component() -> None:
    def program() -> Bucket:
        waited_for("listener")
        pulumi.ComponentResource("strongroom:index:Rotation", "rotation")
        return bucket("logs")

    assert build(program).all("strongroom:index:Bucket")
