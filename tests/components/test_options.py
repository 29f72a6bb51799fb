"""Tests of the options of children: what may be replaced, and what only by name."""

from __future__ import annotations

from pathlib import Path

from sandbox.sandbox import ROOT
from tests.sandbox.toy import ops, project, sandbox

PROGRAM = f"""
import sys
sys.path.append({ROOT.as_posix()!r})
from components.options import allow_replacement, irreplaceable
allow_replacement(config.get_object("allowed") or [])
owner = pulumi.ComponentResource("toy:index:Owner", "owner")
prefix = config.get("prefix") or "/one"
for name in ("first", "second"):
    aws.cloudwatch.LogGroup(name, name=f"{{prefix}}/{{name}}", opts=irreplaceable(owner))
random.RandomPassword("seed", length=config.get_int("length") or 20, opts=irreplaceable(owner))
"""


def test_what_holds_data_is_replaced_only_where_it_is_named(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROGRAM)) as here:
        assert here.up().exit_code == 0
        refused = here.preview({"prefix": "/two"})
        assert refused.error.count("unable to replace") == 2
        partly = here.preview({"prefix": "/two", "allowed": ["first"]})
        assert partly.error.count("unable to replace") == 1
        assert "::second" in partly.error
        allowed = here.up({"prefix": "/two", "allowed": ["first", "second"]})
        assert allowed.exit_code == 0
        assert {ops(allowed)[name] for name in ("first", "second")} == {"replace"}
        assert here.up({"prefix": "/two"}).exit_code == 0
        assert "unable to replace" in here.preview({"prefix": "/three"}).error


def test_a_random_value_stays_protected_even_where_it_is_named(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROGRAM)) as here:
        here.up()
        assert "unable to replace" in here.preview({"length": 30, "allowed": ["seed"]}).error
