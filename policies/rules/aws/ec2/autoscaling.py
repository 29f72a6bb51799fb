"""Auto Scaling: machines from a template, in two zones, asked how they are."""

from __future__ import annotations

from rules.lib.resource_types import AUTO_SCALING_GROUP, LAUNCH_CONFIGURATION
from rules.pack.graph import Stack
from rules.pack.properties import is_set, text, values
from rules.pack.rule import M, P, Resource, resource_rule, stack_rule


def _behind(group: Resource, _: Stack) -> bool:
    balanced = (
        is_set(group.props, "targetGroupArns")
        or is_set(group.props, "loadBalancers")
        or is_set(group.props, "trafficSources")
    )
    return not balanced or text(group.props, "healthCheckType") == "ELB"


RULES = [
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
