"""Tests of the plugin's responses to the engine's requests, without an installed engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from sandbox.plugin import install
from sandbox.plugin.servicer import Plugin
from sandbox.provider.calls import SandboxError

URN = "urn:pulumi:dev::toy::aws:sns/topic:Topic::plugin-topic"


def struct(**values: Any) -> Any:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def configured(**config: Any) -> Plugin:
    plugin = Plugin("aws")
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    plugin.Configure(pb.ConfigureRequest(args=struct(region="eu-west-1", **texts)), None)
    return plugin


def made(plugin: Plugin, **inputs: Any) -> tuple[Any, Any]:
    """(checked inputs, answer of Create)."""
    checked = plugin.Check(pb.CheckRequest(urn=URN, news=struct(**inputs)), None).inputs
    return checked, plugin.Create(pb.CreateRequest(urn=URN, properties=checked), None)


def test_a_resource_is_named_and_tagged_as_the_provider_does() -> None:
    inputs, topic = made(configured(defaultTags={"tags": {"App": "toy"}}), displayName="one")
    assert inputs["name"].startswith("plugin-topic-")
    tags = boto3.client("sns", region_name="eu-west-1").list_tags_for_resource(ResourceArn=topic.id)["Tags"]
    assert tags == [{"Key": "App", "Value": "toy"}]


@pytest.mark.parametrize(
    ("new", "replaces"), [({"displayName": "two"}, []), ({"displayName": "one", "name": "other"}, ["name"])]
)
def test_a_difference_is_a_change_or_a_replacement(new: dict[str, str], replaces: list[str]) -> None:
    old = struct(displayName="one", name="plugin-topic")
    news = struct(**{"name": "plugin-topic", **new})
    answer = configured().Diff(pb.DiffRequest(urn=URN, old_inputs=old, news=news), None)
    assert (answer.changes, list(answer.replaces)) == (pb.DiffResponse.DIFF_SOME, replaces)


def test_a_resource_is_gone_after_its_deletion() -> None:
    plugin = configured()
    inputs, topic = made(plugin)
    request = pb.DeleteRequest(urn=URN, id=topic.id, properties=topic.properties, old_inputs=inputs)
    plugin.Delete(request, None)
    topics = boto3.client("sns", region_name="eu-west-1").list_topics()["Topics"]
    assert topic.id not in {one["TopicArn"] for one in topics}


def test_an_account_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(SandboxError, match="AWS account ID not allowed"):
        made(configured(allowedAccountIds=["999999999999"]))


def test_the_installed_scripts_start_the_package(tmp_path: Path) -> None:
    scripts = sorted(install(tmp_path).iterdir())
    assert [path.name for path in scripts] == ["pulumi-resource-aws", "pulumi-resource-random"]
    done = subprocess.run([scripts[0], "--help"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.startswith("usage: python -m sandbox.plugin")
