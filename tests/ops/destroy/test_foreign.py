"""What AWS services created by themselves in the stack's VPC is deleted too."""

from __future__ import annotations

from typing import Any

import pytest

from ops.core.exits import Exit
from ops.destroy import foreign
from ops.destroy.destroy import How, destroy
from tests.ops.destroy.small_engine import Account

MANAGED = {"Key": "GuardDutyManaged", "Value": "true"}


@pytest.fixture
def vpc(filled: Account) -> str:
    """The stack's VPC."""
    client = filled.client("ec2")
    made = client.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    client.create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": "aiponge-vpc"}])
    return made


def endpoint(filled: Account, vpc: str, *tags: dict[str, str]) -> str:
    made = filled.client("ec2").create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-west-1.guardduty-data",
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [*tags]}] if tags else [],
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


def group(filled: Account, vpc: str, name: str, *tags: dict[str, str]) -> str:
    client = filled.client("ec2")
    made = client.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"]
    if tags:
        client.create_tags(Resources=[made], Tags=[*tags])
    return made


def test_guarddutys_endpoint_and_group_are_deleted_and_no_other(filled: Account, vpc: str) -> None:
    ours = endpoint(filled, vpc), group(filled, vpc, "aiponge-rds")
    managed = endpoint(filled, vpc, MANAGED), group(filled, vpc, "GuardDutyManagedSecurityGroup", MANAGED)
    assert foreign.delete_in_vpc(filled.context()) == [*managed]
    endpoints = filled.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert [one["VpcEndpointId"] for one in endpoints if one["State"] == "available"] == [ours[0]]
    groups = {one["GroupId"] for one in filled.client("ec2").describe_security_groups()["SecurityGroups"]}
    assert ours[1] in groups
    assert managed[1] not in groups


def test_without_a_vpc_there_is_nothing_to_delete(filled: Account) -> None:
    assert foreign.delete_in_vpc(filled.context()) == []


def test_an_endpoint_that_ec2_does_not_delete_is_an_error(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(filled, vpc, MANAGED)
    context = filled.context()
    failed: Any = {"Unsuccessful": [{"Error": {"Code": "OperationNotPermitted"}, "ResourceId": "vpce-1"}]}
    monkeypatch.setattr(context.aws.client("ec2"), "delete_vpc_endpoints", lambda **_: failed)
    with pytest.raises(Exception, match="OperationNotPermitted"):
        foreign.delete_in_vpc(context)


def test_interfaces_that_a_service_deletes_later_are_waited_for(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two attempts without progress would end the run; the function's interface is gone before the fourth."""
    context = filled.context()
    there = [{"NetworkInterfaceId": "eni-1", "InterfaceType": "lambda", "Description": "AWS Lambda VPC ENI"}]
    monkeypatch.setattr(foreign, "interfaces", lambda context: [one["NetworkInterfaceId"] for one in there])

    def refuse(attempt: int) -> None:
        if attempt < 4:
            filled.client("s3").put_object(Bucket="aiponge-access-logs", Key="late", Body=b"")
        else:
            there.clear()

    filled.engine.interrupted = refuse
    assert destroy(context, How(write=True)) == Exit.DONE
    assert filled.engine.deletions == 4


def test_an_interface_of_a_function_is_named(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = filled.context()
    listed = [
        {"NetworkInterfaceId": "eni-1", "InterfaceType": "lambda", "Description": "AWS Lambda VPC ENI-one"},
        {"NetworkInterfaceId": "eni-2", "InterfaceType": "interface", "Description": "ours"},
        {"NetworkInterfaceId": "eni-3", "InterfaceType": "interface", "RequesterManaged": True},
    ]
    monkeypatch.setattr(context.aws, "in_vpc", lambda operation, member: listed)
    assert foreign.interfaces(context) == ["eni-1 (AWS Lambda VPC ENI-one)", "eni-3 (interface)"]
