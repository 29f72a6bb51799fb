"""Attachments of the Auto Scaling group of the host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.network_resources import (
    host_groups,
)
from ops.checks.verify.attachments.row import (
    Checked,
    Read,
    Resource,
    Row,
    always,
    described,
    itself,
    listed,
)
from ops.core.aws_state import AwsState, Item

_OF_AWS = ("AWS-GatherSoftwareInventory", "AmazonInspector2-", "AmazonGuardDuty-")
"""Documents that Inspector and GuardDuty associate with instances; nobody else may name a document like this.

Sources: https://docs.aws.amazon.com/inspector/latest/user/scanning-ec2.html and
https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ec2.html
"""
_PATCHING = "AWS-RunPatchBaseline"


def _version(aws: AwsState, group: Resource, item: Item) -> str | None:
    """The group's version of the launch template is the template's default and latest one."""
    used = (item.get("LaunchTemplate") or {}).get("Version")
    name = aws.names.host_name
    found = aws.list("ec2", "describe_launch_templates", "LaunchTemplates", LaunchTemplateNames=[name])
    newest = str(found[0]["LatestVersionNumber"]) if found else used
    if used in ("$Latest", "$Default") or used != newest:
        return f"starts version {used} of its launch template, which has the version {newest}"
    return None


def _profiles(aws: AwsState, group: Resource) -> Iterator[Item]:
    ids = [one["InstanceId"] for one in group.item.get("Instances", [])]
    if ids:
        filters = [{"Name": "instance-id", "Values": ids}]
        yield from aws.list(
            "ec2",
            "describe_iam_instance_profile_associations",
            "IamInstanceProfileAssociations",
            Filters=filters,
        )


def _profile(aws: AwsState, group: Resource, item: Item) -> str | None:
    arn = str(item["IamInstanceProfile"]["Arn"])
    if arn.rpartition("/")[2].startswith(aws.names.host_role):
        return None
    return f"its instance {item['InstanceId']} has the instance profile {arn}"


def _balanced(aws: AwsState, group: Resource, arn: str) -> str | None:
    for one in aws.list("elbv2", "describe_target_groups", "TargetGroups"):
        if one["TargetGroupArn"] == arn:
            names = {str(each).rpartition("/")[0].rpartition("/")[2] for each in one["LoadBalancerArns"]}
            if aws.names.part("alb") in names:
                return None
    return f"is behind the undeclared target group {arn}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:autoscaling/group:Group": (
        Read(
            "lifecycle hook",
            host_groups,
            listed("autoscaling:DescribeLifecycleHooks", "LifecycleHooks"),
            always("has the undeclared lifecycle hook {LifecycleHookName}"),
            "delete it with `aws autoscaling delete-lifecycle-hook`",
        ),
        Read(
            "scheduled action",
            host_groups,
            listed("autoscaling:DescribeScheduledActions", "ScheduledUpdateGroupActions"),
            always("has the undeclared scheduled action {ScheduledActionName}"),
            "delete it with `aws autoscaling delete-scheduled-action`",
        ),
        Read(
            "scaling policy",
            host_groups,
            listed("autoscaling:DescribePolicies", "ScalingPolicies"),
            always("has the undeclared scaling policy {PolicyName}"),
            "delete it with `aws autoscaling delete-policy`",
        ),
        Read(
            "warm pool",
            host_groups,
            described("WarmPoolConfiguration"),
            always("has an undeclared warm pool of instances"),
            "delete it with `aws autoscaling delete-warm-pool --force-delete`",
        ),
        Read(
            "target group",
            host_groups,
            described("TargetGroupARNs"),
            _balanced,
            "run `pulumi up --refresh`",
        ),
        Read(
            "suspended process",
            host_groups,
            described("SuspendedProcesses"),
            always("its process {ProcessName} is suspended"),
            "run `aws autoscaling resume-processes`",
        ),
        Read(
            "launch template version",
            host_groups,
            itself,
            _version,
            "delete it with `aws ec2 delete-launch-template-versions`, then run `pulumi up --refresh`",
        ),
        Read(
            "instance profile",
            host_groups,
            _profiles,
            _profile,
            "run `aws ec2 replace-iam-instance-profile-association` with the declared profile",
        ),
        Checked("instance outside the group", "attached-ec2"),
    ),
}
