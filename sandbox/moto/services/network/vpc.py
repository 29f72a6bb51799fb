"""VPC: encryption controls, which moto does not implement."""

from __future__ import annotations

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
