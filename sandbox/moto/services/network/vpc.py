"""VPC: encryption controls, which moto does not implement, and the default network ACL of a deleted VPC."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "ec2",
        ("VpcEncryptionControlId",),
        create="CreateVpcEncryptionControl",
        modify="ModifyVpcEncryptionControl",
        reads="DescribeVpcEncryptionControls",
        delete="DeleteVpcEncryptionControl",
        prefix="vpcec-",
        fixed=(("State", "available"), ("Mode", "monitor")),
    ),
)


@corrects("ec2", "DeleteVpc")
def delete_default_acl(asked: Asked, answer: Params) -> Params:
    """Delete the VPC's default network ACL with it, which moto keeps."""
    acls = asked.backend.network_acls
    for id_ in [id_ for id_, acl in acls.items() if acl.vpc_id == asked.params["VpcId"]]:
        del acls[id_]
    return answer
