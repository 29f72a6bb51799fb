"""Tests of ``strongroom init``: files that the settings accept, for every platform and environment."""

from __future__ import annotations

import shlex
from ipaddress import IPv4Network
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from cli.main import app
from ops.core.exits import Exit, Stop
from ops.init.cli import init
from ops.init.stack_text import Platform, free_network
from settings import read_stack_file
from settings.checks.examples import examples_in
from settings.stack_file import ROOT


@pytest.mark.parametrize("region", ["eu-west-1", "eu-central-1"])
@pytest.mark.parametrize("stack", ["web-shop-staging", "web-shop-production"])
@pytest.mark.parametrize("like", get_args(Platform))
def test_the_file_is_accepted_as_it_is(tmp_path: Path, like: Platform, stack: str, region: str) -> None:
    assert init(stack, like, region=region, root=tmp_path) is Exit.DONE
    settings = read_stack_file(stack, tmp_path)
    assert settings.platform.kind == like
    assert settings.application.name == "web-shop"
    assert settings.environment.production is stack.endswith("production")
    assert settings.region == region


def test_its_examples_are_named_before_a_real_deployment(tmp_path: Path) -> None:
    init("shop-production", "containers", root=tmp_path)
    said = " ".join(examples_in(read_stack_file("shop-production", tmp_path)))
    for path in ("accountId", "administrators", "edge.domain", "monitoring.email", "delivery.owner"):
        assert path in said


def test_each_stack_has_its_own_network(tmp_path: Path) -> None:
    for stack in ("shop-staging", "shop-production", "blog-staging"):
        init(stack, "containers", root=tmp_path)
    cidrs = {read_stack_file(f"{one}-staging", tmp_path).network.cidr for one in ("shop", "blog")}
    assert len(cidrs | {read_stack_file("shop-production", tmp_path).network.cidr}) == 3


def test_a_network_that_overlaps_is_not_chosen() -> None:
    taken = [IPv4Network("10.16.0.0/12"), IPv4Network("10.32.7.0/24")]
    assert free_network(taken) == IPv4Network("10.33.0.0/16")


def test_without_a_free_network_it_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"write network.cidr by hand"):
        free_network([IPv4Network("10.0.0.0/8")])


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.shop-staging.yaml"
    path.write_text("config: {}\n")
    with pytest.raises(Stop, match=r"Pulumi.shop-staging.yaml: exists already") as stopped:
        init("shop-staging", "containers", root=tmp_path)
    assert stopped.value.code is Exit.BAD_INPUT
    assert path.read_text() == "config: {}\n"


@pytest.mark.parametrize(
    ("stack", "why"), [("production", "names no application"), ("../shop-prod", "lower-case")]
)
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, stack: str, why: str) -> None:
    with pytest.raises(Stop, match=why) as stopped:
        init(stack, "containers", root=tmp_path)
    assert stopped.value.code is Exit.BAD_INPUT
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_refuses_a_stack_that_exists() -> None:
    before = (ROOT / "Pulumi.prod.yaml").read_bytes()
    result = CliRunner().invoke(app, ["init", "--stack", "prod", "--application", "aiponge"])
    assert result.exit_code == Exit.BAD_INPUT
    assert (ROOT / "Pulumi.prod.yaml").read_bytes() == before


def test_the_guides_command_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.init.cli.ROOT", tmp_path)
    command = shlex.split(".venv/bin/strongroom init --stack shop-staging")
    result = CliRunner().invoke(app, command[1:])
    assert result.exit_code == Exit.DONE, result.output
    assert "Pulumi.shop-staging.yaml" in result.output
    assert (tmp_path / "Pulumi.shop-staging.yaml").is_file()
