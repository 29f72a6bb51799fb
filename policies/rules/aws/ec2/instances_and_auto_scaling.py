"""EC2 instances and Auto Scaling groups: IMDSv2, no public address, a role, health checks, two zones."""

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
from rules.pack.properties import Props, is_set, number, on, part, parts, text, values
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

_MACHINES = (EC2_INSTANCE, LAUNCH_TEMPLATE)


def _metadata(machine: Props) -> Props:
    return part(machine, "metadataOptions")


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
        "Metadata answers only to a token.",
        'set metadata_options http_tokens="required" (B62)',
        holds=lambda machine: text(_metadata(machine), "httpTokens") == "required",
    ),
    resource_rule(
        "ec2-imds-hop",
        A,
        _MACHINES,
        "Metadata does not reach containers.",
        "metadata_options.http_put_response_hop_limit is not 1: containers would reach the role (T14)",
        holds=lambda machine: number(_metadata(machine), "httpPutResponseHopLimit", 1) == 1,
    ),
    resource_rule(
        "ec2-no-public-ip",
        M,
        EC2_INSTANCE_SOURCES,
        "A machine has no public address.",
        "remove associate_public_ip_address",
        holds=_private,
    ),
    resource_rule(
        "ec2-instance-profile",
        M,
        _MACHINES,
        "A machine has a role instead of keys.",
        "set iam_instance_profile (B10)",
        holds=lambda machine: is_set(machine, "iamInstanceProfile"),
    ),
    resource_rule(
        "ec2-detailed-monitoring",
        A,
        _MACHINES,
        "A machine reports every minute.",
        "set monitoring=True",
        holds=lambda machine: on(machine, "monitoring") or on(part(machine, "monitoring"), "enabled"),
    ),
    resource_rule(
        "ec2-termination-protection",
        P,
        EC2_INSTANCE,
        "A single machine is not ended by mistake.",
        "set disable_api_termination=True",
        holds=lambda machine: on(machine, "disableApiTermination"),
    ),
    resource_rule(
        "ec2-single-eni",
        A,
        _MACHINES,
        "A machine has one network interface.",
        "remove the others",
        holds=lambda machine: len(values(machine, "networkInterfaces")) < 2,
    ),
    resource_rule(
        "ec2-imds-defaults",
        M,
        METADATA_DEFAULTS,
        "A machine that says nothing of its metadata gives it to those only who ask properly.",
        'set http_tokens="required" (B62)',
        holds=lambda defaults: text(defaults, "httpTokens") == "required",
    ),
    resource_rule(
        "asg-launch-template",
        M,
        (AUTO_SCALING_GROUP, LAUNCH_CONFIGURATION),
        "Machines come from a launch template.",
        "use launch_template",
        holds=lambda group: is_set(group, "launchTemplate") or is_set(group, "mixedInstancesPolicy"),
    ),
    stack_rule(
        "asg-elb-health",
        M,
        AUTO_SCALING_GROUP,
        "A group behind a load balancer asks it who is healthy.",
        'set health_check_type="ELB"',
        holds=_behind,
    ),
    resource_rule(
        "asg-multi-az",
        P,
        AUTO_SCALING_GROUP,
        "A group spans two zones.",
        "give it two subnets",
        holds=lambda group: (
            max(len(values(group, "vpcZoneIdentifiers")), len(values(group, "availabilityZones"))) > 1
        ),
    ),
]
