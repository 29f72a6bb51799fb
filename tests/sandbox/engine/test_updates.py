"""Tests of a second ``up``: unchanged resources keep ids and values, and resource options apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from tests.sandbox.toy import ops, project, sandbox, write

PASSWORD = """
generation = config.get_int("generation") or 1
password = random.RandomPassword(f"password-{generation}", length=32, special=False)
secret = aws.secretsmanager.Secret("token", name=f"{pulumi.get_project()}/token")
value = password.result
version = aws.secretsmanager.SecretVersion("token-version", secret_id=secret.id, secret_string=value)
topic = aws.sns.Topic("bystander")
pulumi.export("version", version.version_id)
"""


def stages(here: Sandbox) -> list[list[str]]:
    found = here.client("secretsmanager").list_secret_version_ids(
        SecretId="toy/token", IncludeDeprecated=True
    )
    return sorted(version["VersionStages"] for version in found["Versions"])


def test_the_same_program_again_changes_nothing(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PASSWORD)) as here:
        first, second = here.up(), here.up()
        assert second.counts == {"same": first.counts["create"]}
        assert second.outputs == first.outputs
        ids = [{r.urn: r.id for r in result.resources} for result in (first, second)]
        assert ids[0] == ids[1]
        value = [result.find("RandomPassword", "password-1").outputs["result"] for result in (first, second)]
        assert value[0] == value[1]


def test_a_new_generation_is_one_new_version_and_nothing_else(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PASSWORD)) as here:
        first, second = here.up(), here.up({"generation": 2})
        assert second.exit_code == 0, second.error
        changed = {name: op for name, op in ops(second).items() if op != "same"}
        assert changed == {"password-2": "create", "password-1": "delete", "token-version": "replace"}
        assert second.outputs["version"] != first.outputs["version"]
        assert stages(here) == [["AWSCURRENT"], ["AWSPREVIOUS"]]


def test_three_rotations_leave_one_current_and_one_previous(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PASSWORD)) as here:
        for generation in (1, 2, 3, 4):
            assert here.up({"generation": generation}).exit_code == 0
        assert stages(here) == [[], [], ["AWSCURRENT"], ["AWSPREVIOUS"]]


def test_a_preview_of_an_update_counts_what_the_update_does(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PASSWORD)) as here:
        here.up()
        assert here.preview({"generation": 2}).counts == here.up({"generation": 2}).counts


def test_a_preview_keeps_what_does_not_change_known(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PASSWORD)) as here:
        first, planned = here.up(), here.preview({"generation": 2})
        assert planned.find("Topic", "bystander").id == first.find("Topic", "bystander").id
        assert planned.find("SecretVersion", "token-version").id == ""


@pytest.mark.parametrize(
    ("program", "name", "op", "check"),
    [
        pytest.param(
            "aws.sns.Topic('x', display_name=config.get('v') or 'one')", "x", "update", "sns", id="topic"
        ),
        pytest.param(
            "aws.kms.Key('x', description=config.get('v') or 'one')", "x", "update", "kms", id="key"
        ),
        pytest.param(
            "aws.cloudwatch.LogGroup('x', name='/x', retention_in_days=30 if config.get('v') else 90)",
            "x", "update", "logs", id="log-group",
        ),
        pytest.param(
            "aws.ssm.Parameter('x', name='/toy/x', type='SecureString', value=config.get('v') or 'one')",
            "x", "update", "ssm", id="parameter",
        ),
        pytest.param(
            "aws.iam.Role('x', name='x', assume_role_policy=json.dumps({'Version': '2012-10-17', "
            "'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'Service': "
            "config.get('v') or 'ec2.amazonaws.com'}}]}))",
            "x", "update", "iam", id="trust",
        ),
        pytest.param(
            "aws.ec2.LaunchTemplate('x', name='one', update_default_version=True, "
            "instance_type='t3.small' if config.get('v') else 't3.micro')",
            "x", "update", "template", id="launch-template",
        ),
        pytest.param(
            "aws.cloudwatch.Dashboard('x', dashboard_name='x', "
            "dashboard_body=json.dumps({'widgets': [], 'start': config.get('v') or 'one'}))",
            "x", "update", "dashboard", id="dashboard",
        ),
        pytest.param(
            "aws.ecs.TaskDefinition('x', family='x', cpu='256', memory='512', network_mode='awsvpc', "
            "requires_compatibilities=['FARGATE'], container_definitions=json.dumps([{'name': 'c', "
            "'image': config.get('v') or 'one', 'essential': True}]))",
            "x", "replace", "task", id="task-definition",
        ),
        pytest.param(
            "aws.ec2.Vpc('x', cidr_block='10.0.0.0/16', tags={'Name': config.get('v') or 'one'})",
            "x", "update", "vpc", id="tags",
        ),
    ],
)  # fmt: skip
def test_known_types_take_a_change(tmp_path: Path, program: str, name: str, op: str, check: str) -> None:
    with sandbox(project(tmp_path, program)) as here:
        first = here.up()
        assert first.exit_code == 0, first.error
        second = here.up({"v": "two"})
        assert second.exit_code == 0, second.error
        assert ops(second)[name] == op
        assert here.up({"v": "two"}).counts == {"same": first.counts["create"]}
        assert LOOK[check](here), "AWS still has the old value"


def _role(here: Sandbox) -> bool:
    document = here.client("iam").get_role(RoleName="x")["Role"]["AssumeRolePolicyDocument"]
    return document["Statement"][0]["Principal"] == {"Service": "two"}


def _template(here: Sandbox) -> bool:
    versions = here.client("ec2").describe_launch_template_versions(
        LaunchTemplateName="one", Versions=["$Default"]
    )
    return versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceType"] == "t3.small"


def _topic(here: Sandbox) -> bool:
    sns = here.client("sns")
    (topic,) = sns.list_topics()["Topics"]
    return sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]["DisplayName"] == "two"


def _key(here: Sandbox) -> bool:
    kms = here.client("kms")
    keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    return "two" in [key["Description"] for key in keys]


def _task(here: Sandbox) -> bool:
    found = here.client("ecs").describe_task_definition(taskDefinition="x")["taskDefinition"]
    return found["revision"] == 2 and found["containerDefinitions"][0]["image"] == "two"


def _vpc(here: Sandbox) -> bool:
    filters = [{"Name": "tag:Name", "Values": ["two"]}]
    return len(here.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]) == 1


LOOK: dict[str, Any] = {
    "sns": _topic,
    "kms": _key,
    "logs": lambda here: here.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 30,
    "ssm": lambda here: (
        here.client("ssm").get_parameter(Name="/toy/x", WithDecryption=True)["Parameter"]["Value"] == "two"
    ),
    "iam": _role,
    "template": _template,
    "dashboard": lambda here: (
        "two" in here.client("cloudwatch").get_dashboard(DashboardName="x")["DashboardBody"]
    ),
    "task": _task,
    "vpc": _vpc,
}


def test_a_change_that_no_row_knows_stops_the_run_and_names_it(tmp_path: Path) -> None:
    program = """
    aws.secretsmanager.Secret("s", name="toy/s", force_overwrite_replica_secret=config.get_bool("v") or False)
    aws.ec2.Eip("a", domain="vpc", public_ipv4_pool=config.get("pool"))
    """
    with sandbox(project(tmp_path, program)) as here:
        assert here.up().exit_code == 0
        result = here.up({"pool": "amazon"})
    assert result.exit_code == 1
    assert "the sandbox does not know how to change publicIpv4Pool of aws:ec2/eip:Eip" in result.error
    assert "urn:pulumi:dev::toy::aws:ec2/eip:Eip::a" in result.error


PROTECTED = """
opts = pulumi.ResourceOptions(protect=not config.get_bool("open"))
if not config.get_bool("gone"):
    aws.cloudwatch.LogGroup("logs", name=config.get("name") or "/one", opts=opts)
"""


def test_a_protected_resource_is_not_replaced(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROTECTED)) as here:
        here.up()
        for result in (here.preview({"name": "/two"}), here.up({"name": "/two"})):
            assert result.exit_code == 1
            assert (
                "as it is currently marked for protection. To unprotect the resource, remove" in result.error
            )
        assert [g["logGroupName"] for g in here.client("logs").describe_log_groups()["logGroups"]] == ["/one"]


def test_a_protected_resource_is_not_deleted(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROTECTED)) as here:
        here.up()
        for result in (here.preview({"gone": True}), here.up({"gone": True})):
            assert result.exit_code == 1
            assert "cannot be deleted\nbecause it is protected" in result.error
        assert here.client("logs").describe_log_groups()["logGroups"]
        assert here.up({"open": True}).exit_code == 0
        assert ops(here.up({"open": True, "gone": True}))["logs"] == "delete"
        assert here.client("logs").describe_log_groups()["logGroups"] == []


def test_after_an_update_that_failed_dependents_are_still_deleted_first(tmp_path: Path) -> None:
    program = """
    if not config.get_bool("gone"):
        vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
        if config.get_bool("fail"):
            raise RuntimeError("no")
        aws.ec2.Subnet("s", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        assert here.up({"fail": True}).exit_code == 1
        result = here.up({"gone": True})
        assert result.exit_code == 0, result.error


def test_what_is_retained_on_delete_stays_in_aws(tmp_path: Path) -> None:
    program = """
    if not config.get_bool("gone"):
        aws.cloudwatch.LogGroup("logs", name="/kept", opts=pulumi.ResourceOptions(retain_on_delete=True))
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        assert ops(here.up({"gone": True}))["logs"] == "delete"
        assert here.client("logs").describe_log_groups()["logGroups"][0]["logGroupName"] == "/kept"


def test_an_alias_keeps_the_renamed_resource(tmp_path: Path) -> None:
    folder = project(tmp_path, "aws.sns.Topic('old', name='t')")
    with sandbox(folder) as here:
        first = here.up()
        write(
            folder,
            "aws.sns.Topic('new', name='t', opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name='old')]))",
        )
        second = here.up()
        assert ops(second)["new"] == "same"
        assert "delete" not in second.counts
        assert second.find("Topic", "new").id == first.find("Topic", "old").id


def test_ignored_changes_keep_the_old_value(tmp_path: Path) -> None:
    program = """
    aws.sns.Topic("t", name="t", display_name=config.get("v") or "one", tags={"a": config.get("v") or "one"},
                  opts=pulumi.ResourceOptions(ignore_changes=["displayName", "tags.a"]))
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        assert ops(here.up({"v": "two"}))["t"] == "same"


def test_a_replacement_creates_before_it_deletes(tmp_path: Path) -> None:
    program = """
    vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
    word = config.get("v") or "one"
    aws.ec2.SecurityGroup("g", vpc_id=vpc.id, description=word, name_prefix=word)
    """
    with sandbox(project(tmp_path, program)) as here:
        old = here.up().find("SecurityGroup", "g").id
        new = here.up({"v": "two"})
        assert new.exit_code == 0, new.error
        assert ops(new)["g"] == "replace"
        ids = [group["GroupId"] for group in here.client("ec2").describe_security_groups()["SecurityGroups"]]
        assert new.find("SecurityGroup", "g").id in ids
        assert old not in ids


def test_a_replacement_that_keeps_its_name_deletes_first(tmp_path: Path) -> None:
    program = "aws.ssm.Parameter('p', name='/p', type=config.get('v') or 'String', value='x')"
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        result = here.up({"v": "SecureString"})
        assert result.exit_code == 0, result.error
        assert ops(result)["p"] == "replace"
        assert here.client("ssm").get_parameter(Name="/p")["Parameter"]["Type"] == "SecureString"


def test_replace_on_changes_replaces_what_could_be_updated(tmp_path: Path) -> None:
    program = """
    aws.sns.Topic("t", display_name=config.get("v") or "one",
                  opts=pulumi.ResourceOptions(replace_on_changes=["displayName"]))
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        assert ops(here.up({"v": "two"}))["t"] == "replace"


def test_dependents_are_deleted_before_what_they_need(tmp_path: Path) -> None:
    program = """
    if not config.get_bool("gone"):
        vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
        aws.ec2.Subnet("s", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        result = here.up({"gone": True})
        assert [step.name for step in result.steps if step.op == "delete"] == ["s", "v"]


def test_a_failed_run_keeps_what_it_made_and_deletes_nothing(tmp_path: Path) -> None:
    program = """
    if config.get_bool("fail"):
        aws.sns.Topic("new")
        aws.ec2.Subnet("s", vpc_id="vpc-none", cidr_block="10.0.0.0/24")
    else:
        aws.sns.Topic("old")
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        assert here.up({"fail": True}).exit_code == 1
        names = {resource.name for resource in here.state.resources.values()}
        assert {"old", "new"} <= names


def test_a_rule_added_and_one_withdrawn_touch_no_other(tmp_path: Path) -> None:
    program = """
    vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
    group = aws.ec2.SecurityGroup("g", vpc_id=vpc.id)
    for port in json.loads(config.require("ports")):
        aws.vpc.SecurityGroupIngressRule(f"in-{port}", security_group_id=group.id, ip_protocol="tcp",
                                         from_port=port, to_port=port, cidr_ipv4="10.0.0.0/8")
    """
    with sandbox(project(tmp_path, program, {"toy:ports": [5432, 443]})) as here:
        here.up()
        result = here.up({"ports": [5432, 6379]})
        changed = {name: op for name, op in ops(result).items() if op != "same"}
        assert changed == {"in-6379": "create", "in-443": "delete"}
        rules = here.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
        assert sorted(rule["FromPort"] for rule in rules if not rule["IsEgress"] and "CidrIpv4" in rule) == [
            5432,
            6379,
        ]
