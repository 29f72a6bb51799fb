"""A destroy deletes the whole state, dependents first, or nothing at all."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.toy import ops, project, sandbox

NETWORK = """
vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
aws.ec2.Subnet("s", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
aws.cloudwatch.LogGroup("logs", name="/logs", opts=pulumi.ResourceOptions(protect=config.get_bool("protect")))
aws.cloudwatch.LogGroup("kept", name="/kept", opts=pulumi.ResourceOptions(retain_on_delete=True))
"""


def test_everything_is_deleted_dependents_first_and_counted_as_it_was_created(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, NETWORK)) as here:
        made = here.up()
        result = here.destroy()
        assert result.exit_code == 0, result.error
        assert result.counts == {"delete": made.counts["create"]}
        names = [step.name for step in result.steps]
        assert names.index("s") < names.index("v")
        assert names[-1] == "toy-dev"
        assert here.state.resources == {}


def test_what_is_retained_on_delete_stays_in_aws(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, NETWORK)) as here:
        here.up()
        here.destroy()
        groups = here.client("logs").describe_log_groups()["logGroups"]
        assert [group["logGroupName"] for group in groups] == ["/kept"]


def test_a_preview_deletes_nothing(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, NETWORK)) as here:
        made = here.up()
        assert here.destroy(preview=True).counts == {"delete": made.counts["create"]}
        assert set(ops(here.refresh()).values()) == {"same"}


def test_after_a_failed_deletion_the_next_run_goes_on_with_what_is_left(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, NETWORK)) as here:
        made = here.up()
        ec2 = here.client("ec2")
        vpc = next(one.id for one in here.state.resources.values() if one.name == "v")
        stray = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24")["Subnet"]["SubnetId"]
        failed = here.destroy()
        assert failed.exit_code == 1
        assert "aws:ec2/vpc:Vpc (v): deletion failed" in failed.error
        assert "v" in {one.name for one in here.state.resources.values()}
        ec2.delete_subnet(SubnetId=stray)
        rest = here.destroy()
        assert rest.exit_code == 0, rest.error
        assert failed.counts["delete"] + rest.counts["delete"] == made.counts["create"]


def test_what_is_kept_stays_with_what_it_needs_and_protected_or_not(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, NETWORK)) as here:
        here.up({"protect": True})
        by_name = {one.name: urn for urn, one in here.state.resources.items()}
        result = here.destroy(keep=[by_name["s"], by_name["logs"]])
        assert result.exit_code == 0, result.error
        left = {one.name for one in here.state.resources.values() if one.type.startswith("aws:")}
        assert left == {"s", "v", "logs"}
        assert set(ops(here.refresh()).values()) == {"same"}
