"""EC2 instances and Auto Scaling groups: IMDSv2, public addresses, roles, health checks, zones."""

from __future__ import annotations

from rules.lib.resource_types import (
    AUTO_SCALING_GROUP,
    EC2_INSTANCE,
    EC2_INSTANCE_SOURCES,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    METADATA_DEFAULTS,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_one_of, is_set, number, on, part, parts, text, values
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

_MACHINES = (EC2_INSTANCE, LAUNCH_TEMPLATE)


def _metadata(machine: Props) -> Props:
    return part(machine, "metadataOptions")


def _requires_token(options: Props) -> bool:
    """Whether instance metadata requires a session token, or is off."""
    return text(options, "httpTokens") == "required" or _is_off(options)


def _is_off(options: Props) -> bool:
    return is_one_of(options, "httpEndpoint", "disabled")


def _private(machine: Props) -> bool:
    return not on(machine, "associatePublicIpAddress") and not any(
        on(one, "associatePublicIpAddress") for one in parts(machine, "networkInterfaces")
    )


def _behind(group: Resource, _: Stack) -> bool:
    balanced = (
        is_set(group.props, "targetGroupArns")
        or is_set(group.props, "loadBalancers")
        or is_set(group.props, "trafficSources")
    )
    return not balanced or text(group.props, "healthCheckType") == "ELB"


RULES = [
    resource_rule(
        "ec2-imdsv2",
        M,
        EC2_INSTANCE_SOURCES,
        "Instance metadata requires a session token (IMDSv2).",
        'set metadata_options http_tokens="required"',
        holds=lambda machine: _requires_token(_metadata(machine)),
        requirements=("B62",),
    ),
    resource_rule(
        "ec2-imds-hop",
        A,
        _MACHINES,
        "Instance metadata cannot be reached from containers.",
        "metadata_options.http_put_response_hop_limit is not 1: containers would reach the role; set it to 1",
        holds=lambda machine: (
            number(_metadata(machine), "httpPutResponseHopLimit", 1) == 1 or _is_off(_metadata(machine))
        ),
        requirements=("T14",),
    ),
    resource_rule(
        "ec2-no-public-ip",
        M,
        EC2_INSTANCE_SOURCES,
        "An instance has no public IP address.",
        "remove associate_public_ip_address",
        holds=_private,
    ),
    resource_rule(
        "ec2-instance-profile",
        M,
        _MACHINES,
        "An instance has an instance profile.",
        "set iam_instance_profile",
        holds=lambda machine: is_set(machine, "iamInstanceProfile"),
        requirements=("B10",),
    ),
    resource_rule(
        "ec2-detailed-monitoring",
        A,
        _MACHINES,
        "An instance has detailed monitoring.",
        "set monitoring=True",
        holds=lambda machine: on(machine, "monitoring") or on(part(machine, "monitoring"), "enabled"),
    ),
    resource_rule(
        "ec2-termination-protection",
        P,
        EC2_INSTANCE,
        "An instance outside an Auto Scaling group has termination protection.",
        "set disable_api_termination=True",
        holds=lambda machine: on(machine, "disableApiTermination"),
    ),
    resource_rule(
        "ec2-single-eni",
        A,
        _MACHINES,
        "An instance has one network interface.",
        "remove the other network interfaces",
        holds=lambda machine: len(values(machine, "networkInterfaces")) < 2,
    ),
    resource_rule(
        "ec2-imds-defaults",
        M,
        METADATA_DEFAULTS,
        "The account's default for instance metadata requires a session token (IMDSv2).",
        'set http_tokens="required"',
        holds=_requires_token,
        requirements=("B62",),
    ),
    resource_rule(
        "asg-launch-template",
        M,
        (AUTO_SCALING_GROUP, LAUNCH_CONFIGURATION),
        "An Auto Scaling group uses a launch template.",
        "use launch_template",
        holds=lambda group: is_set(group, "launchTemplate") or is_set(group, "mixedInstancesPolicy"),
    ),
    stack_rule(
        "asg-elb-health",
        M,
        AUTO_SCALING_GROUP,
        "An Auto Scaling group behind a load balancer uses its health checks.",
        'set health_check_type="ELB"',
        holds=_behind,
    ),
    resource_rule(
        "asg-multi-az",
        P,
        AUTO_SCALING_GROUP,
        "An Auto Scaling group spans two availability zones.",
        "give it subnets in two zones",
        holds=lambda group: (
            max(len(values(group, "vpcZoneIdentifiers")), len(values(group, "availabilityZones"))) > 1
        ),
    ),
]
