"""What AWS services created by themselves in the stack's VPC is deleted too."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.core.aws_state import AwsState
from ops.core.exits import Exit
from ops.destroy import service_created
from ops.destroy.deletion import FUNCTION
from ops.destroy.destroy import How, destroy
from tests.ops.destroy.small_engine import LOGS, Account, resource
from tests.ops.rotation.small_stack import refusal

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
    assert service_created.delete_in_vpc(filled.context()) == [*managed]
    endpoints = filled.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert [one["VpcEndpointId"] for one in endpoints if one["State"] == "available"] == [ours[0]]
    groups = {one["GroupId"] for one in filled.client("ec2").describe_security_groups()["SecurityGroups"]}
    assert ours[1] in groups
    assert managed[1] not in groups


def test_services_of_service_connect_are_deleted_and_no_other_namespaces(filled: Account) -> None:
    client = filled.client("servicediscovery")
    names = ("aiponge-staging", "other")
    client.create_http_namespace(Name=names[0])
    client.create_http_namespace(Name=names[1])
    ids = {one["Name"]: one["Id"] for one in client.list_namespaces()["Namespaces"]}
    made = {
        name: client.create_service(Name="user", NamespaceId=ids[name])["Service"]["Id"] for name in names
    }
    assert service_created.delete_in_namespace(filled.context()) == [made["aiponge-staging"]]
    assert [one["Id"] for one in client.list_services()["Services"]] == [made["other"]]


def test_a_service_that_tasks_are_registered_with_is_left_for_the_next_attempt(
    filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = filled.client("servicediscovery")
    client.create_http_namespace(Name="aiponge-staging")
    (namespace,) = client.list_namespaces()["Namespaces"]
    client.create_service(Name="user", NamespaceId=namespace["Id"])
    context = filled.context()

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ResourceInUse", "Message": ""}}, "DeleteService")

    monkeypatch.setattr(context.aws.client("servicediscovery"), "delete_service", refuse)
    assert service_created.delete_in_namespace(context) == []


def test_without_a_vpc_there_is_nothing_to_delete(filled: Account) -> None:
    assert service_created.delete_in_vpc(filled.context()) == []


def test_an_endpoint_that_ec2_does_not_delete_is_an_error(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(filled, vpc, MANAGED)
    context = filled.context()
    failed: Any = {"Unsuccessful": [{"Error": {"Code": "OperationNotPermitted"}, "ResourceId": "vpce-1"}]}
    monkeypatch.setattr(context.aws.client("ec2"), "delete_vpc_endpoints", lambda **_: failed)
    with pytest.raises(Exception, match="OperationNotPermitted"):
        service_created.delete_in_vpc(context)


FUNCTION_INTERFACE = {
    "NetworkInterfaceId": "eni-1",
    "InterfaceType": "lambda",
    "Description": "AWS Lambda VPC ENI-one",
}


def with_interfaces(monkeypatch: pytest.MonkeyPatch, listed: list[dict[str, Any]]) -> None:
    """The VPC has these interfaces."""
    monkeypatch.setattr(AwsState, "in_vpc", lambda self, operation, member: _only(operation, listed))


def _only(operation: str, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return listed if operation == "describe_network_interfaces" else []


def late_object(filled: Account) -> None:
    """What keeps the engine from deleting a bucket."""
    filled.client("s3").put_object(Bucket=LOGS, Key="late", Body=b"")


def test_interfaces_of_deleted_functions_are_waited_for(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two attempts without progress would end the run; the interface is gone before the fifth."""
    there = [FUNCTION_INTERFACE]
    with_interfaces(monkeypatch, there)

    def refuse(attempt: int) -> None:
        if attempt < 5:
            late_object(filled)
        else:
            there.clear()

    filled.engine.interrupted = refuse
    assert destroy(filled.context(), How(write=True)) == Exit.DONE
    assert filled.engine.deletions == 5


def test_interfaces_are_not_waited_for_without_end(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_interfaces(monkeypatch, [FUNCTION_INTERFACE])
    moments = count(0, 600)
    context = filled.context()
    context.clock = replace(context.clock, now=lambda: float(next(moments)))
    filled.engine.interrupted = lambda attempt: late_object(filled)
    assert "3 resources are left" in refusal(Exit.PARTLY, lambda: destroy(context, How(write=True)))
    assert 3 < filled.engine.deletions < 15


@pytest.mark.parametrize(
    "interface",
    [
        {"NetworkInterfaceId": "eni-2", "InterfaceType": "nat_gateway", "RequesterManaged": True},
        {"NetworkInterfaceId": "eni-3", "InterfaceType": "vpc_endpoint", "RequesterManaged": True},
        {"NetworkInterfaceId": "eni-4", "InterfaceType": "interface", "Description": "RDSNetworkInterface"},
    ],
    ids=lambda one: one["InterfaceType"],
)
def test_interfaces_of_what_still_exists_are_not_waited_for(
    filled: Account, vpc: str, monkeypatch: pytest.MonkeyPatch, interface: dict[str, Any]
) -> None:
    with_interfaces(monkeypatch, [interface])

    def refuse(attempt: int) -> None:
        assert attempt < 10, "the run does not end"
        late_object(filled)

    filled.engine.interrupted = refuse
    assert "BucketNotEmpty" in refusal(Exit.PARTLY, lambda: destroy(filled.context(), How(write=True)))


def test_interfaces_are_leftovers_once_their_function_or_endpoint_is_deleted(
    filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = {"NetworkInterfaceId": "eni-2", "InterfaceType": "vpc_endpoint", "Description": "of vpce-1"}
    with_interfaces(monkeypatch, [FUNCTION_INTERFACE, endpoint])
    context, function = filled.context(), resource(FUNCTION, "aiponge-rotate")
    assert service_created.leftover_interfaces(context, [function], []) == []
    assert service_created.leftover_interfaces(context, [], []) == ["eni-1 (AWS Lambda VPC ENI-one)"]
    assert service_created.leftover_interfaces(context, [function], ["vpce-1"]) == ["eni-2 (of vpce-1)"]
