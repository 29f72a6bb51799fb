"""A terminated instance takes its volumes and interfaces with it, as in AWS."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

TEMPLATE = {
    "ImageId": "ami-12c6146b",
    "InstanceType": "t3.micro",
    "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 30}}],
}


@pytest.mark.parametrize("templated", [False, True])
def test_a_terminated_instance_leaves_no_volume_and_no_interface(templated: bool) -> None:
    ec2: Any = boto3.client("ec2", region_name="eu-west-1")
    before = held(ec2)
    how: dict[str, Any] = {"ImageId": TEMPLATE["ImageId"], "InstanceType": "t3.micro"}
    if templated:
        name = "leaves-nothing"
        ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=TEMPLATE)
        how = {"LaunchTemplate": {"LaunchTemplateName": name}}
    made = ec2.run_instances(MinCount=1, MaxCount=1, **how)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[made])
    assert held(ec2) == before


def held(ec2: Any) -> set[str]:
    volumes = {one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]}
    return volumes | {
        one["NetworkInterfaceId"] for one in ec2.describe_network_interfaces()["NetworkInterfaces"]
    }
