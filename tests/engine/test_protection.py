"""A small program on both engines: what they delete and ask the policy pack beside a protected resource."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.automation import PulumiSandbox
from tests.engine.both import Both
from tests.sandbox.toy import project

PACK = Path(__file__).parents[1] / "sandbox" / "pack"
PROGRAM = """
pulumi.export("forbidden", config.get("forbidden"))
if not config.get_bool("gone"):
    topic = aws.sns.Topic("needed", name="t")
    opts = pulumi.ResourceOptions(protect=True)
    aws.sns.TopicSubscription("kept", topic=topic.arn, protocol="https", endpoint="https://a.org", opts=opts)
    aws.cloudwatch.LogGroup("other", name=config.get("name") or "/other", opts=opts)
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


def test_a_replacement_that_is_refused_is_previewed_with_the_findings_of_the_stack(both: Both) -> None:
    both.change({"name": "/two", "forbidden": "x"})
    result = both.preview()
    assert "unable to replace" in result.error
    assert [found.policy for found in result.findings] == ["few-topics"]


def test_a_resource_that_a_protected_one_needs_is_not_deleted_but_the_others_are(both: Both) -> None:
    both.change({"gone": True})
    for result in (both.preview(), both.up()):
        assert [step.name for step in result.steps if step.op == "delete"] == ["free"]
        assert result.error.count("because it is protected") == 2
        assert result.findings == []


def test_a_stack_with_a_protected_resource_is_not_destroyed(both: Both) -> None:
    before = sorted(both.pulumi.deployed())
    result = both.destroy()
    assert result.error.count("because it is protected") == 2
    assert sorted(both.pulumi.deployed()) == before


def test_an_unprotected_stack_is_destroyed(both: Both) -> None:
    both.unprotect(["kept", "other"])
    assert both.destroy().exit_code == 0
    assert both.pulumi.deployed() == {}
