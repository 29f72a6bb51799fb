"""Tests of the instances that an emulated Auto Scaling group starts."""

from __future__ import annotations

from typing import Any

import boto3
import pytest


@pytest.fixture
def started(session: boto3.Session) -> dict[str, Any]:
    """An instance that a group started from a launch template, and all volumes."""
    iam, ec2 = session.client("iam"), session.client("ec2")
    scaling = session.client("autoscaling")
    iam.create_instance_profile(InstanceProfileName="host")
    template = ec2.create_launch_template(
        LaunchTemplateName="host",
        LaunchTemplateData={
            "ImageId": "ami-12c6146b",
            "InstanceType": "t3.large",
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            "Monitoring": {"Enabled": True},
            "IamInstanceProfile": {"Name": "host"},
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/sda1", "Ebs": {"Encrypted": True, "VolumeSize": 30}}
            ],
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="host",
        MinSize=1,
        MaxSize=1,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        VPCZoneIdentifier=subnet,
    )
    (reservation,) = ec2.describe_instances()["Reservations"]
    return {"instance": reservation["Instances"][0], "volumes": ec2.describe_volumes()["Volumes"]}


def test_an_instance_requires_session_tokens_as_its_template_declares(started: dict[str, Any]) -> None:
    assert started["instance"]["MetadataOptions"]["HttpTokens"] == "required"


def test_an_instance_has_the_profile_and_the_monitoring_of_its_template(started: dict[str, Any]) -> None:
    assert started["instance"]["IamInstanceProfile"]["Arn"].endswith(":instance-profile/host")
    assert started["instance"]["Monitoring"]["State"] == "enabled"


def test_an_instance_has_the_one_encrypted_volume_of_its_template(started: dict[str, Any]) -> None:
    assert [(one["Encrypted"], one["Size"]) for one in started["volumes"]] == [(True, 30)]
