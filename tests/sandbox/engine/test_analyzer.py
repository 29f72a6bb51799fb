"""Tests of the analyzer with the real pack: asked before a resource exists, as the engine does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.config import StackConfig
from sandbox.engine.analyzer import Analyzer
from sandbox.engine.policy_process import PackBroken
from sandbox.formats import json_document
from tests.sandbox.toy import created, ops, project, sandbox

PACK = Path(__file__).parents[1] / "pack"


def judged(folder: Path, **how: Any) -> Sandbox:
    return sandbox(folder, pack=PACK, **how)


OPEN = """
aws.sns.Topic("fine", name="fine")
aws.sns.Topic("bad", name="bad", display_name="open", opts=pulumi.ResourceOptions(depends_on=[]))
aws.sns.Topic("worse", name="worse", display_name="open")
"""


def test_an_update_stops_before_a_resource_that_breaks_a_rule_is_made(tmp_path: Path) -> None:
    with judged(project(tmp_path, OPEN)) as here:
        result = here.up()
        assert result.exit_code == 1
        assert "[no-open-topics] No topic is open.\na topic must not be called open" in result.error
        assert "bad" not in created(result)
        assert len(here.client("sns").list_topics()["Topics"]) <= 1


def test_a_preview_collects_every_violation_and_exits_1(tmp_path: Path) -> None:
    with judged(project(tmp_path, OPEN)) as here:
        result = here.preview()
    assert result.exit_code == 1
    assert [f.urn.rpartition("::")[2] for f in result.findings if f.stops] == ["bad", "worse"]
    assert "preview failed: the stack violates mandatory policies" in result.error


def test_a_finding_names_the_requirements_that_its_policy_enforces(tmp_path: Path) -> None:
    with judged(project(tmp_path, OPEN)) as here:
        findings = json_document.to_dict(here.preview())["findings"]
    assert {finding["policy"]: finding["requirements"] for finding in findings} == {
        "no-open-topics": ("A1", "B2")
    }


def test_a_policy_that_mends_changes_what_is_created(tmp_path: Path) -> None:
    folder = project(tmp_path, "pulumi.export('key', aws.sns.Topic('t', name='t').kms_master_key_id)")
    with judged(folder) as here:
        result = here.up()
        assert result.outputs == {"key": "alias/aws/sns"}
        assert any(text.startswith("encrypt-topics remediated") for text in result.remediated)
        assert ops(here.up())["t"] == "same"


def test_the_pack_sees_what_the_engine_shows(tmp_path: Path) -> None:
    program = """
    p = aws.Provider("p", region="eu-west-1", default_tags={"tags": {"App": "toy"}})
    opts = pulumi.ResourceOptions(provider=p, protect=True, aliases=[pulumi.Alias(name="old")])
    value = pulumi.Output.secret("in clear over loopback")
    aws.ssm.Parameter("secret", name="/s", type="SecureString", value=value, opts=opts)
    """
    seen = tmp_path / "seen.jsonl"
    with judged(project(tmp_path / "p", program)) as here:
        assert here.preview({"seen": str(seen)}).exit_code == 0
    lines = [json.loads(line) for line in seen.read_text().splitlines()]
    types = [line["urn"].split("::")[2] for line in lines]
    assert types[:2] == ["pulumi:pulumi:Stack", "pulumi:providers:aws"]
    parameter = lines[-1]
    assert parameter["props"]["value"] == "in clear over loopback"
    assert parameter["protect"] is True
    assert parameter["aliases"] == ["urn:pulumi:dev::toy::aws:ssm/parameter:Parameter::old"]
    assert json.loads(parameter["provider"]["props"]["defaultTags"]) == {"tags": {"App": "toy"}}


def test_the_stack_is_judged_with_its_outputs(tmp_path: Path) -> None:
    folder = project(tmp_path, "pulumi.export('forbidden', aws.sns.Topic('t').arn)")
    with judged(folder) as here:
        result = here.up()
    assert result.exit_code == 1
    assert [f.message for f in result.findings if f.stops] == [
        "Few topics.\nthe stack must not export forbidden"
    ]


def test_the_stacks_policy_configuration_is_handed_over(tmp_path: Path) -> None:
    folder = project(tmp_path, "aws.sns.Topic('a')\naws.sns.Topic('b')")
    config = folder / "policies" / "config"
    config.mkdir(parents=True)
    (config / "dev.json").write_text(json.dumps({"few-topics": {"most": 1}}))
    with judged(folder) as here:
        assert "at most 1 topics" in here.preview().findings[-1].message


def test_a_policy_can_be_made_advisory_by_configuration(tmp_path: Path) -> None:
    folder = project(tmp_path, "aws.sns.Topic('bad', name='bad', display_name='open')")
    config = folder / "policies" / "config"
    config.mkdir(parents=True)
    (config / "dev.json").write_text(json.dumps({"no-open-topics": "advisory"}))
    with judged(folder) as here:
        result = here.up()
    assert result.exit_code == 0
    assert result.findings[0].level == "advisory"


def test_a_pack_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (broken / "__main__.py").write_text("raise RuntimeError('no such rule')\n")
    config = StackConfig("toy", "dev")
    with (
        Analyzer(broken, config, preview=True, root=tmp_path) as analyzer,
        pytest.raises(PackBroken, match="no such rule"),
    ):
        analyzer.analyze_stack([], {})
