"""Every type can be deleted, and leaves nothing in AWS but what its row declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.provider import reading
from sandbox.provider.rows import ROWS, Stays, row
from tests.program import shipped
from tests.sandbox.account import existing
from tests.sandbox.toy import ops, project, sandbox

PROGRAMS = Path(__file__).parents[1] / "programs"


def test_a_destroyed_program_leaves_an_empty_account(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, (PROGRAMS / "others.py").read_text())) as here:
        before = existing(here)
        made = here.up()
        assert made.exit_code == 0, made.error
        assert set(ops(here.refresh()).values()) == {"same"}
        result = here.destroy()
        assert result.exit_code == 0, result.error
        assert result.counts == {"delete": made.counts["create"]}
        assert existing(here) == before
    used = {one.type for one in made.resources}
    for stack in ("staging", "cinematch-staging"):  # tests/test_stacks.py destroys these two
        used |= {one.type for one in shipped(stack).resources}
    assert ROWS.keys() - used == set()


def test_a_row_without_a_deletion_is_refused() -> None:
    with pytest.raises(ValueError, match="has no `delete`"):
        row("x/y:Z", "ec2.create_vpc")


def test_a_nat_gateway_frees_its_elastic_address(tmp_path: Path) -> None:
    program = """
    vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
    subnet = aws.ec2.Subnet("s", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
    address = aws.ec2.Eip("a", domain="vpc")
    if not config.get_bool("gone"):
        aws.ec2.NatGateway("n", subnet_id=subnet.id, allocation_id=address.id)
    """
    with sandbox(project(tmp_path, program)) as here:
        assert here.up().exit_code == 0
        assert ops(here.up({"gone": True}))["n"] == "delete"
        (address,) = here.client("ec2").describe_addresses()["Addresses"]
        assert "AssociationId" not in address
        assert here.destroy().exit_code == 0
        assert here.client("ec2").describe_addresses()["Addresses"] == []


@pytest.mark.parametrize(("force", "code"), [(False, 1), (True, 0)])
def test_a_bucket_with_objects_is_deleted_only_with_force_destroy(
    tmp_path: Path, force: bool, code: int
) -> None:
    program = f"aws.s3.Bucket('b', bucket='toy-' + config.require('accountId'), force_destroy={force})"
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        here.client("s3").put_object(Bucket=f"toy-{here.account}", Key="a", Body=b"x")
        result = here.destroy()
        assert result.exit_code == code
        assert ("BucketNotEmpty" in result.error) is (code == 1)


def test_what_a_deletion_leaves_in_aws_is_declared_with_its_reason() -> None:
    kept = {token: why for token, _, why in reading.table() if why}
    assert kept == {token: r.delete.reason for token, r in ROWS.items() if isinstance(r.delete, Stays)}
    assert {token.rpartition(":")[2] for token in kept} == {
        "CertificateValidation",
        "DefaultNetworkAcl",
        "DefaultSecurityGroup",
        "DetectorFeature",
        "Invocation",
        "ProxyDefaultTargetGroup",
        "RolePoliciesExclusive",
        "RolePolicyAttachmentsExclusive",
        "SecretVersion",
        "VpcSecurityGroupRulesExclusive",
    }
