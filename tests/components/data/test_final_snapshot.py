"""The name of a final snapshot."""

from __future__ import annotations

import pulumi

from components.data.final_snapshot import final_snapshot_name
from tests.components.alone import build
from tests.harness import Deployment


def named(keepers: dict[str, str]) -> Deployment:
    def program() -> dict[str, pulumi.Output[str]]:
        owner = pulumi.ComponentResource("test:index:Owner", "database")
        return {"name": final_snapshot_name(owner, "aiponge-rds", keepers)}

    return build(program)


def test_it_is_new_with_every_stack() -> None:
    suffix = named({"engine": "postgres"}).only("random:index/randomInteger:RandomInteger")
    assert suffix["max"] - suffix["min"] > 10**7


def test_it_is_new_with_what_replaces_the_resource() -> None:
    suffix = named({"engine": "postgres"}).only("random:index/randomInteger:RandomInteger")
    assert suffix["keepers"] == {"engine": "postgres"}


def test_it_can_be_replaced_while_the_database_is_protected() -> None:
    assert not named({}).only("random:index/randomInteger:RandomInteger").protect
