"""A small program on both engines: what they delete and ask the policy pack beside a protected resource."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.automation import PulumiSandbox
from sandbox.sandbox import ROOT
from tests.engine.both import Both
from tests.sandbox.toy import project

PACK = Path(__file__).parents[1] / "sandbox" / "pack"
PROGRAM = f"""
import sys
sys.path.append({ROOT.as_posix()!r})
from components.options import allow_replacement
allow_replacement(config.get_object("allowed") or [])
pulumi.export("forbidden", config.get("forbidden"))
if not config.get_bool("gone"):
    topic = aws.sns.Topic("needed", name="t")
    opts = pulumi.ResourceOptions(protect=True)
    aws.sns.TopicSubscription("kept", topic=topic.arn, protocol="https", endpoint="https://a.org", opts=opts)
    aws.cloudwatch.LogGroup("other", name=config.get("name") or "/other", opts=opts)
    aws.cloudwatch.LogGroup("held", name=config.get("held") or "/held", opts=opts)
    aws.cloudwatch.LogGroup("free", name="/free")
"""


@contextmanager
def opened(folder: Path) -> Iterator[Both]:
    """The small project in two new accounts."""

    def account(number: str) -> dict[str, str]:
        return {"toy:accountId": number}

    with (
        PulumiSandbox("dev", root=folder, pack=PACK, config=account("300000009001")) as pulumi,
        Sandbox("dev", root=folder, pack=PACK, config=account("300000009002")) as in_process,
    ):
        yield Both(pulumi, in_process)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with opened(project(tmp_path_factory.mktemp("program"), PROGRAM)) as sandboxes:
        assert sandboxes.up().exit_code == 0
        yield sandboxes


def test_a_replacement_is_refused_until_it_is_allowed_by_name(both: Both) -> None:
    both.change({"held": "/two"})
    refused = both.preview()
    assert refused.error.count("unable to replace") == 1
    assert "::held" in refused.error
    both.change({"allowed": ["held"]})
    allowed = both.up()
    assert allowed.exit_code == 0
    assert [step.name for step in allowed.steps if step.op == "replace"] == ["held"]
    both.change({"allowed": []})
    assert both.up().exit_code == 0
    both.change({"held": "/three"})
    assert "unable to replace" in both.preview().error, "it is protected again"
    both.change({"held": "/two"})


def test_a_replacement_that_is_refused_is_previewed_with_the_findings_of_the_stack(both: Both) -> None:
    both.change({"name": "/two", "forbidden": "x"})
    result = both.preview()
    assert "unable to replace" in result.error
    assert [found.policy for found in result.findings] == ["few-topics"]


def test_a_resource_that_a_protected_one_needs_is_not_deleted_but_the_others_are(both: Both) -> None:
    both.change({"gone": True})
    for result in (both.preview(), both.up()):
        assert [step.name for step in result.steps if step.op == "delete"] == ["free"]
        assert result.error.count("because it is protected") == 3
        assert result.findings == []


def test_a_stack_with_a_protected_resource_is_not_destroyed(both: Both) -> None:
    before = sorted(both.pulumi.deployed())
    result = both.destroy()
    assert result.error.count("because it is protected") == 3
    assert sorted(both.pulumi.deployed()) == before


def test_an_unprotected_stack_is_destroyed(both: Both) -> None:
    both.unprotect(["kept", "other", "held"])
    assert both.destroy().exit_code == 0
    assert both.pulumi.deployed() == {}
