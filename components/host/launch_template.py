"""The launch template of a host: no public address, no key pair, encrypted, IMDSv2 with one hop."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2

from components.host.user_data import encoded
from components.options import child_of
from settings.schema.services import HostSettings


def launch_template(
    owner: pulumi.Resource,
    name: str,
    *,
    template_name: str,
    settings: HostSettings,
    user_data: str,
    profile_arn: pulumi.Input[str],
    image_id: pulumi.Input[str],
    security_group_id: pulumi.Input[str],
    volume_key_arn: pulumi.Input[str],
    tags: Mapping[str, str],
) -> ec2.LaunchTemplate:
    """Give ``owner`` the launch template of one docker-compose host."""
    return ec2.LaunchTemplate(
        f"{name}-template",
        name=template_name,
        description="The docker-compose host",
        update_default_version=True,
        image_id=image_id,
        instance_type=settings.instance_type,
        iam_instance_profile={"arn": profile_arn},
        user_data=encoded(user_data),
        ebs_optimized="true",
        disable_api_termination=True,  # against accidental termination; Auto Scaling may still replace it
        instance_initiated_shutdown_behavior="terminate",
        monitoring={"enabled": True},
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            # With one hop, a container on a bridge network cannot reach the instance metadata or use the
            # role.
            "http_put_response_hop_limit": 1,
            "http_protocol_ipv6": "disabled",
            "instance_metadata_tags": "disabled",
        },
        network_interfaces=[
            {
                "device_index": 0,
                "associate_public_ip_address": "false",
                "security_groups": [security_group_id],
                "delete_on_termination": "true",
            }
        ],
        block_device_mappings=[
            {
                "device_name": "/dev/sda1",
                "ebs": {
                    "volume_type": "gp3",
                    "volume_size": settings.volume_gib,
                    "encrypted": "true",
                    "kms_key_id": volume_key_arn,
                    "delete_on_termination": "true",
                },
            }
        ],
        tag_specifications=[
            {"resource_type": kind, "tags": dict(tags)}
            for kind in ("instance", "volume", "network-interface")
        ],
        opts=child_of(owner),
    )
