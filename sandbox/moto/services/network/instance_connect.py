"""EC2: Instance Connect endpoints, which moto does not implement."""

from __future__ import annotations

import uuid

from sandbox.moto.hooks import Asked, Params, Refused, answers
from sandbox.moto.memory import every, memory


@answers("ec2", "CreateInstanceConnectEndpoint")
def create(asked: Asked) -> Params:
    """Create an endpoint in the VPC of its subnet."""
    subnet = asked.backend.get_subnet(asked.params["SubnetId"])
    id_ = f"eice-{uuid.uuid4().hex[:17]}"
    one = memory("instance-connect", asked, id_)
    one |= {
        "InstanceConnectEndpointId": id_,
        "SubnetId": subnet.id,
        "VpcId": subnet.vpc_id,
        "State": "create-complete",
    }
    return {"InstanceConnectEndpoint": one}


@answers("ec2", "DescribeInstanceConnectEndpoints")
def describe(asked: Asked) -> Params:
    """Return the endpoints of the VPC, or all."""
    filters = {one["Name"]: one["Values"] for one in asked.params.get("Filters") or []}
    vpcs = filters.get("vpc-id")
    found = [one for _, one in every("instance-connect", asked) if vpcs is None or one["VpcId"] in vpcs]
    return {"InstanceConnectEndpoints": found}


@answers("ec2", "DeleteInstanceConnectEndpoint")
def delete(asked: Asked) -> Params:
    """Delete an endpoint."""
    id_ = asked.params["InstanceConnectEndpointId"]
    one = memory("instance-connect", asked, id_)
    if not one:
        raise Refused("InvalidInstanceConnectEndpointId.NotFound", f"There is no endpoint {id_}")
    one.clear()
    return {"InstanceConnectEndpoint": {"InstanceConnectEndpointId": id_, "State": "delete-in-progress"}}
