"""Tests of the plugin's responses to the engine's requests, without an installed engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
from google.protobuf import struct_pb2
from pulumi.output import Unknown
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.rpc import UNKNOWN

from sandbox.plugin import install, messages
from sandbox.plugin.servicer import Plugin
from sandbox.provider.calls import SandboxError

SECRET = {messages.SIGNATURE: messages.SECRET}
PARAMETER = "urn:pulumi:dev::toy::aws:ssm/parameter:Parameter::plugin-parameter"
PASSWORD = "urn:pulumi:dev::toy::random:index/randomPassword:RandomPassword::password"
FUNCTION = "urn:pulumi:dev::toy::aws:lambda/function:Function::plugin-function"
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


def made(plugin: Plugin, urn: str = URN, **inputs: Any) -> tuple[Any, Any]:
    """(checked inputs, answer of Create)."""
    checked = plugin.Check(pb.CheckRequest(urn=urn, news=struct(**inputs)), None).inputs
    return checked, plugin.Create(pb.CreateRequest(urn=urn, properties=checked), None)


def read(plugin: Plugin, urn: str, id_: str, inputs: Any = None, properties: Any = None) -> Any:
    return plugin.Read(pb.ReadRequest(urn=urn, id=id_, inputs=inputs, properties=properties), None)


def secret_parameter(plugin: Plugin, name: str) -> tuple[Any, Any]:
    value = {**SECRET, "value": "canary-value"}
    return made(plugin, PARAMETER, name=name, type="SecureString", value=value)


def ssm() -> Any:
    return boto3.client("ssm", region_name="eu-west-1")


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


def test_each_property_of_a_difference_has_its_kind() -> None:
    old, new = struct(name="a", displayName="one"), struct(name="b", kmsMasterKeyId="k")
    answer = configured().Diff(pb.DiffRequest(urn=URN, old_inputs=old, news=new), None)
    assert answer.hasDetailedDiff
    kinds = {key: pb.PropertyDiff.Kind.Name(one.kind) for key, one in answer.detailedDiff.items()}
    assert kinds == {"name": "UPDATE_REPLACE", "displayName": "DELETE", "kmsMasterKeyId": "ADD"}


@pytest.mark.parametrize(("named", "first"), [(True, True), (False, False)])
def test_a_replacement_is_deleted_first_where_the_program_names_it(named: bool, first: bool) -> None:
    plugin = configured()
    given = {"name": "plugin"} if named else {}
    old = plugin.Check(pb.CheckRequest(urn=URN, news=struct(**given)), None).inputs
    request = pb.CheckRequest(urn=URN, olds=old, news=struct(**given, fifoTopic=True))
    new = plugin.Check(request, None).inputs
    answer = plugin.Diff(pb.DiffRequest(urn=URN, old_inputs=old, news=new), None)
    assert list(answer.replaces) == ["fifoTopic"]
    assert answer.deleteBeforeReplace is first


def test_a_replacement_gets_another_automatic_name() -> None:
    names = {
        configured().Check(pb.CheckRequest(urn=URN, randomSeed=seed), None).inputs["name"]
        for seed in (b"one", b"two")
    }
    assert len(names) == 2


def test_check_fills_in_defaults_and_says_which() -> None:
    urn = "urn:pulumi:dev::toy::aws:iam/role:Role::r"
    inputs = configured().Check(pb.CheckRequest(urn=urn, news=struct(name="r", path="/own/")), None).inputs
    assert (inputs["path"], inputs["maxSessionDuration"]) == ("/own/", 3600)
    assert list(inputs["__defaults"]) == ["forceDetachPolicies", "maxSessionDuration"]


def test_what_aws_would_refuse_is_refused() -> None:
    urn = "urn:pulumi:dev::toy::aws:cloudwatch/logGroup:LogGroup::g"
    request = pb.CreateRequest(urn=urn, properties=struct(name="plugin-group", retentionInDays=31))
    with pytest.raises(
        SandboxError, match=r"AWS would refuse logs\.PutRetentionPolicy: RetentionInDays: must be"
    ):
        configured().Create(request, None)


def test_a_secret_stays_secret_in_every_answer() -> None:
    plugin = configured()
    inputs, parameter = secret_parameter(plugin, "/plugin/secret")
    news = struct(**{**inputs, "description": "new"})
    update = pb.UpdateRequest(
        urn=PARAMETER, id=parameter.id, old_inputs=inputs, olds=parameter.properties, news=news
    )
    updated = plugin.Update(update, None).properties
    ssm().put_parameter(Name=parameter.id, Value="by-hand-value", Type="SecureString", Overwrite=True)
    refreshed = read(plugin, PARAMETER, parameter.id, inputs, updated)
    imported = read(plugin, PARAMETER, parameter.id)
    for message, value in (
        (inputs, "canary-value"),
        (parameter.properties, "canary-value"),
        (updated, "canary-value"),
        (refreshed.inputs, "by-hand-value"),
        (refreshed.properties, "by-hand-value"),
        (imported.inputs, "by-hand-value"),
        (imported.properties, "by-hand-value"),
    ):
        assert dict(message["value"]) == {**SECRET, "value": value}


def test_a_secret_that_is_not_known_yet_stays_unknown() -> None:
    plugin, unknown = configured(), {**SECRET, "value": UNKNOWN}
    asked = struct(name="/a", type="SecureString", value=unknown)
    checked = plugin.Check(pb.CheckRequest(urn=PARAMETER, news=asked), None).inputs
    assert isinstance(messages.read(checked)["value"], Unknown)
    planned = plugin.Create(pb.CreateRequest(urn=PARAMETER, properties=asked, preview=True), None)
    assert isinstance(messages.read(planned.properties)["value"], Unknown)


def test_a_generated_password_is_secret() -> None:
    create = pb.CreateRequest(urn=PASSWORD, properties=struct(length=20))
    result = Plugin("random").Create(create, None).properties["result"]
    assert dict(result).keys() == {*SECRET, "value"}


def test_an_error_shows_no_secret() -> None:
    plugin = configured()
    value = {**SECRET, "value": "canary-value"}
    with pytest.raises(SandboxError) as raised:
        made(plugin, PARAMETER, name="/plugin/x", type="canary-value", value=value)
    assert "canary-value" not in str(raised.value)


def test_a_refresh_changes_only_what_differs_in_aws() -> None:
    plugin = configured()
    inputs, parameter = secret_parameter(plugin, "/plugin/refreshed")
    assert read(plugin, PARAMETER, parameter.id, inputs, parameter.properties).inputs == inputs
    ssm().put_parameter(
        Name=parameter.id, Value="canary-value", Type="SecureString", Description="by hand", Overwrite=True
    )
    found = read(plugin, PARAMETER, parameter.id, inputs, parameter.properties)
    assert found.id == parameter.id
    assert found.inputs == struct(**{**inputs, "description": "by hand"})


def test_a_resource_that_was_deleted_by_hand_has_no_id_any_more() -> None:
    plugin = configured()
    inputs, parameter = secret_parameter(plugin, "/plugin/deleted")
    ssm().delete_parameter(Name=parameter.id)
    assert read(plugin, PARAMETER, parameter.id, inputs, parameter.properties).id == ""


def test_an_import_gives_inputs_that_the_same_program_does_not_change() -> None:
    plugin = configured()
    ssm().put_parameter(Name="/plugin/import", Value="plain-value", Type="String", Description="one")
    found = read(plugin, PARAMETER, "/plugin/import")
    program = {"name": "/plugin/import", "type": "String", "value": "plain-value", "description": "one"}
    checked = plugin.Check(pb.CheckRequest(urn=PARAMETER, olds=found.inputs, news=struct(**program)), None)
    answer = plugin.Diff(pb.DiffRequest(urn=PARAMETER, old_inputs=found.inputs, news=checked.inputs), None)
    assert answer.changes == pb.DiffResponse.DIFF_NONE
    assert found.properties["arn"].endswith(":parameter/plugin/import")


def test_the_code_of_a_function_stays_in_the_state() -> None:
    text = {messages.SIGNATURE: messages.ASSETS[0], "text": "def handler(event, context): ...", "hash": "h"}
    code = {messages.SIGNATURE: messages.ASSETS[1], "assets": {"index.py": text}, "hash": "h"}
    role = boto3.client("iam").create_role(RoleName="plugin", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    _, function = made(
        configured(), FUNCTION, code=code, role=role, handler="index.handler", runtime="python3.13"
    )
    assert function.properties["code"] == struct(code=code)["code"]


def test_code_of_which_the_state_keeps_only_the_hash_is_refreshed_and_deleted() -> None:
    plugin = configured()
    stored = {messages.SIGNATURE: messages.ASSETS[1], "hash": "h"}
    boto3.client("lambda", region_name="eu-west-1").create_function(
        FunctionName="plugin-stored",
        Role=boto3.client("iam").create_role(RoleName="stored", AssumeRolePolicyDocument="{}")["Role"]["Arn"],
        Code={"ZipFile": b"x"},
    )
    inputs = struct(name="plugin-stored", code=stored)
    found = read(plugin, FUNCTION, "plugin-stored", inputs, inputs)
    assert found.inputs == inputs
    assert found.properties["code"] == inputs["code"]
    plugin.Delete(pb.DeleteRequest(urn=FUNCTION, id=found.id, properties=inputs, old_inputs=inputs), None)
    assert read(plugin, FUNCTION, "plugin-stored", inputs, inputs).id == ""


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
