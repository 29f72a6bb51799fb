"""VPC: endpoints of AWS services."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def endpoint_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Send the changed properties: the policy, and added and removed ids."""
    params: Inputs = {"VpcEndpointId": id_}
    if old.get("policy") != new.get("policy") and new.get("policy"):
        params["PolicyDocument"] = new["policy"]
    for key, member in (
        ("routeTableIds", "RouteTableIds"),
        ("subnetIds", "SubnetIds"),
        ("securityGroupIds", "SecurityGroupIds"),
    ):
        before, after = set(old.get(key) or []), set(new.get(key) or [])
        params |= {f"Add{member}": sorted(after - before)} if after - before else {}
        params |= {f"Remove{member}": sorted(before - after)} if before - after else {}
    context.send("ec2.modify_vpc_endpoint", params)


row(
    "ec2/vpcEndpoint:VpcEndpoint",
    "ec2.create_vpc_endpoint",
    id="VpcEndpoint.VpcEndpointId",
    read="describe_vpc_endpoints(VpcEndpointIds=[{id}]).VpcEndpoints[0]",
    out=("arn=arn:{p}:{s}:{r}:{a}:vpc-endpoint/{id} state:State networkInterfaceIds:NetworkInterfaceIds"),
    rename="policy:PolicyDocument",
    skip="autoAccept",
    delete="delete_vpc_endpoints(VpcEndpointIds=[{id}])",
    replace="vpcId serviceName vpcEndpointType",
    change=endpoint_change,
    changes="policy routeTableIds subnetIds securityGroupIds privateDnsEnabled",
)
