"""Tests of how an estimate is printed."""

from __future__ import annotations

import json

import pytest

from ops.core.console import Screen
from ops.core.exits import Exit
from ops.cost import Declared, estimate, prices_of
from ops.cost.show import show
from settings import read_stack_file

RESOURCES = [
    Declared(type="aws:kms/key:Key", name="a"),
    Declared(type="aws:kms/key:Key", name="b"),
    Declared(type="aws:sqs/queue:Queue", name="jobs"),
    Declared(type="aws:neptune/cluster:Cluster", name="graph"),
]


def printed(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> str:
    prices = prices_of("eu-west-1")
    found = estimate(read_stack_file("cinematch-staging"), RESOURCES, prices)
    assert show(Screen(as_json=as_json), "mine", found, prices) is Exit.DONE
    return capsys.readouterr().out


def test_it_says_that_it_is_an_estimate_with_the_date_of_its_prices(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = printed(capsys, as_json=False).splitlines()
    assert said[0] == "     2.00  KMS keys: 2 keys at 1"
    assert said[1] == "     2.00  USD a month for mine in eu-west-1: an estimate, without:"
    assert "Queue, 1: requests" in said[2]
    assert "aws:neptune/cluster:Cluster graph, without a price" in said[3]
    assert "as known on 2025-06-01" in said[4]


def test_json_names_what_has_no_price(capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(printed(capsys, as_json=True))
    assert (said["estimate"], said["month"], said["pricesOf"]) == (True, 2.0, "2025-06-01")
    assert said["unpriced"] == ["aws:neptune/cluster:Cluster graph"]
    assert said["byUse"] == {"aws:sqs/queue:Queue": "1: requests"}
