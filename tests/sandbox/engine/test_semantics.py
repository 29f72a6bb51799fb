"""Tests that a run ends as with the real engine, whatever the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import Result
from tests.sandbox.toy import created, project, sandbox


def up(folder: Path, program: str) -> Result:
    with sandbox(project(folder, program)) as here:
        return here.up()


@pytest.mark.parametrize(
    ("program", "error", "made"),
    [
        pytest.param(
            "aws.sns.Topic('a')\nraise ValueError('boom')", "ValueError: boom", {"a"}, id="program-raises"
        ),
        pytest.param("raise pulumi.RunError('friendly')", "friendly", set(), id="run-error"),
        pytest.param(
            "config.require('x')", "Missing required configuration variable", set(), id="missing-config"
        ),
        pytest.param(
            "t = aws.sns.Topic('a')\nt.arn.apply(lambda a: 1 / 0)",
            "ZeroDivisionError",
            {"a"},
            id="apply-raises",
        ),
        pytest.param(
            "aws.ec2.Subnet('s', vpc_id='vpc-none', cidr_block='10.0.0.0/24')\naws.sns.Topic('after')",
            "creation failed",
            {"after"},
            id="aws-refuses-and-an-independent-resource-is-made",
        ),
        pytest.param(
            "v = aws.ec2.Subnet('s', vpc_id='vpc-none', cidr_block='10.0.0.0/24')\n"
            "aws.ec2.Instance('i', subnet_id=v.id, ami='ami-1', instance_type='t3.micro')",
            "aws:ec2/subnet:Subnet (s): creation failed",
            set(),
            id="dependent-of-a-failed-one",
        ),
        pytest.param(
            "aws.sns.Topic('t'); aws.sns.Topic('t')",
            "Duplicate resource URN 'urn:pulumi:dev::toy::aws:sns/topic:Topic::t'; "
            "try giving it a unique name",
            {"t"},
            id="duplicate",
        ),
        pytest.param(
            "aws.glue.CatalogDatabase('g', name='x')",
            "aws:glue/catalogDatabase:CatalogDatabase: the sandbox has no row for this type",
            set(),
            id="no-row",
        ),
        pytest.param(
            "aws.ec2.Subnet('s', vpc_id='v', cidr_block='10.0.0.0/24', map_customer_owned_ip_on_launch=True)",
            "has no parameter mapCustomerOwnedIpOnLaunch; add it to the row",
            set(),
            id="property-no-row-maps",
        ),
        pytest.param("import sys\nsys.exit(3)", "the program called sys.exit(3)", set(), id="sys-exit"),
    ],
)
def test_a_failing_program_exits_1_and_says_why(
    tmp_path: Path, program: str, error: str, made: set[str]
) -> None:
    result = up(tmp_path, program)
    assert result.exit_code == 1
    assert error in result.error
    assert (
        created(result) - {"toy-dev"} - {name for name in created(result) if name.startswith("default")}
        == made
    )


def test_nested_components_have_the_engines_urns(tmp_path: Path) -> None:
    result = up(
        tmp_path,
        """
        class Inner(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("x:index:Inner", name, None, opts)
                aws.sns.Topic(f"{name}-topic", opts=pulumi.ResourceOptions(parent=self))
                self.register_outputs({"made": True})
        class Outer(pulumi.ComponentResource):
            def __init__(self, name):
                super().__init__("x:index:Outer", name)
                Inner(f"{name}-inner", pulumi.ResourceOptions(parent=self))
                self.register_outputs({})
        Outer("o")
        """,
    )
    topic = result.find("Topic", "o-inner-topic")
    assert topic.urn == "urn:pulumi:dev::toy::x:index:Outer$x:index:Inner$aws:sns/topic:Topic::o-inner-topic"
    assert result.find("Inner", "o-inner").outputs == {"made": True}


def test_transforms_run_in_the_engines_order(tmp_path: Path) -> None:
    result = up(
        tmp_path,
        """
        def tag(args):
            return pulumi.ResourceTransformResult({**args.props, "tags": {"By": "transform"}}, args.opts)
        pulumi.runtime.register_resource_transform(tag)
        pulumi.export("tags", aws.sns.Topic("t").tags)
        """,
    )
    assert result.outputs == {"tags": {"By": "transform"}}


def test_a_resource_can_be_read_instead_of_made(tmp_path: Path) -> None:
    folder = project(
        tmp_path, "pulumi.export('cidr', aws.ec2.Vpc.get('v', config.require('vpc')).cidr_block)"
    )
    with sandbox(folder) as here:
        vpc = here.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        assert here.up({"vpc": vpc}).outputs == {"cidr": "10.9.0.0/16"}


def test_another_stacks_outputs_are_what_the_caller_gives(tmp_path: Path) -> None:
    folder = project(tmp_path, "pulumi.export('v', pulumi.StackReference('org/p/net').get_output('vpcId'))")
    with sandbox(folder) as here:
        result = here.up(references={"org/p/net": {"vpcId": "vpc-1"}})
    assert result.outputs == {"v": "vpc-1"}


def test_a_preview_changes_nothing_and_knows_only_inputs(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        """
        v = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
        v.id.apply(lambda id: (_ for _ in ()).throw(RuntimeError("an apply ran on an unknown id")))
        pulumi.export("cidr", v.cidr_block)
        """,
    )
    with sandbox(folder) as here:
        before = len(here.client("ec2").describe_vpcs()["Vpcs"])
        result = here.preview()
        assert result.exit_code == 0, result.error
        assert result.outputs["cidr"] == "10.0.0.0/16"
        assert len(here.client("ec2").describe_vpcs()["Vpcs"]) == before


def test_a_default_provider_that_is_disabled_is_refused_in_the_engines_words(tmp_path: Path) -> None:
    folder = project(tmp_path, "aws.sns.Topic('t')", {"pulumi:disable-default-providers": ["aws"]})
    with sandbox(folder) as here:
        error = here.up().error
    assert error == (
        "Default provider for 'aws' disabled. 'aws:sns/topic:Topic' must use an explicit provider."
    )


def test_a_provider_bound_to_another_account_is_refused(tmp_path: Path) -> None:
    result = up(tmp_path, "aws.Provider('p', region='eu-west-1', allowed_account_ids=['999999999999'])")
    assert "AWS account ID not allowed" in result.error


def test_the_caller_is_the_role_that_runs_up(tmp_path: Path) -> None:
    folder = project(tmp_path, "pulumi.export('arn', aws.get_caller_identity().arn)")
    with sandbox(folder) as here:
        assert here.up().outputs["arn"] == f"arn:aws:sts::{here.account}:assumed-role/toy-pulumi-up/sandbox"


def test_default_tags_reach_aws(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        """
        p = aws.Provider("p", region="eu-west-1", default_tags={"tags": {"App": "toy"}})
        opts = pulumi.ResourceOptions(provider=p)
        v = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", tags={"Own": "x"}, opts=opts)
        pulumi.export("id", v.id)
        """,
    )
    with sandbox(folder) as here:
        vpc = here.client("ec2").describe_vpcs(VpcIds=[here.up().outputs["id"]])["Vpcs"][0]
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {"App": "toy", "Own": "x"}


def test_auto_names_repeat_for_the_same_urn(tmp_path: Path) -> None:
    program = "pulumi.export('name', aws.sns.Topic('t').name)"
    first, second = up(tmp_path / "a", program), up(tmp_path / "b", program)
    assert first.outputs == second.outputs
    assert first.outputs["name"].startswith("t-")
