"""Changes by hand to the host of a host stack, and to Systems Manager."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.ops.checks.verify.attachments.plants.plant import STRANGER, Plant, made
from tests.ops.live import Live, Undo

GROUP, TEMPLATE, DOCUMENT, WINDOW, PARAMETER = (
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ssm/document:Document",
    "aws:ssm/maintenanceWindow:MaintenanceWindow",
    "aws:ssm/parameter:Parameter",
)
NAME = "cinematch-server"
DEPLOY = "cinematch-deploy"


def _stored(live: Live) -> Any:
    return live.backend("autoscaling").autoscaling_groups[NAME]


def _warm_pool(live: Live) -> Undo:
    live.client("autoscaling").put_warm_pool(AutoScalingGroupName=NAME, MinSize=1)
    return lambda: live.client("autoscaling").delete_warm_pool(AutoScalingGroupName=NAME, ForceDelete=True)


def _target_group(live: Live) -> Undo:
    stored = _stored(live)
    before, stored.target_group_arns = stored.target_group_arns, [*stored.target_group_arns, "arn:x"]
    return lambda: setattr(stored, "target_group_arns", before)


def _version(live: Live) -> Undo:
    client = live.client("ec2")
    data = {"UserData": base64.b64encode(b"#!/bin/sh").decode()}
    client.create_launch_template_version(LaunchTemplateName=NAME, SourceVersion="1", LaunchTemplateData=data)
    return live.backend("ec2").get_launch_template_by_name(NAME).versions.pop


def _profile(live: Live) -> Undo:
    iam, client = live.client("iam"), live.client("ec2")
    iam.create_instance_profile(InstanceProfileName="by-hand")
    iam.create_role(RoleName="by-hand", AssumeRolePolicyDocument="{}")
    iam.add_role_to_instance_profile(InstanceProfileName="by-hand", RoleName="by-hand")
    group = live.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[NAME])
    instance = group["AutoScalingGroups"][0]["Instances"][0]["InstanceId"]
    associations = live.backend("ec2").iam_instance_profile_associations
    before = dict(associations)
    associations.clear()
    client.associate_iam_instance_profile(IamInstanceProfile={"Name": "by-hand"}, InstanceId=instance)

    def undo() -> None:
        associations.clear()
        associations.update(before)
        iam.remove_role_from_instance_profile(InstanceProfileName="by-hand", RoleName="by-hand")
        iam.delete_instance_profile(InstanceProfileName="by-hand")
        iam.delete_role(RoleName="by-hand")

    return undo


def _snapshot(live: Live) -> Undo:
    client = live.client("ec2")
    volume = client.create_volume(AvailabilityZone="eu-central-1a", Size=1, Encrypted=True)["VolumeId"]
    snapshot = client.create_snapshot(VolumeId=volume)["SnapshotId"]
    client.modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=[STRANGER],
    )

    def undo() -> None:
        client.delete_snapshot(SnapshotId=snapshot)
        client.delete_volume(VolumeId=volume)

    return undo


def _image(live: Live) -> Undo:
    client = live.client("ec2")
    group = live.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[NAME])
    instance = group["AutoScalingGroups"][0]["Instances"][0]["InstanceId"]
    image = client.create_image(InstanceId=instance, Name="by-hand")["ImageId"]
    given = {"ImageId": image, "Attribute": "launchPermission"}
    client.modify_image_attribute(**given, OperationType="add", UserIds=[STRANGER])
    return lambda: client.deregister_image(ImageId=image)


def _new_document(live: Live) -> Undo:
    client = live.client("ssm")
    before = client.get_document(Name=DEPLOY)["Content"]
    content = json.dumps({**json.loads(before), "description": "by hand"})
    client.update_document(Name=DEPLOY, Content=content, DocumentVersion="$LATEST")
    stored = live.backend("ssm")._documents[DEPLOY]

    def undo() -> None:
        latest = max(stored.versions)
        del stored.versions[latest]
        stored.latest_version = stored.default_version

    return undo


def _window(live: Live) -> str:
    found = live.client("ssm").describe_maintenance_windows()["WindowIdentities"]
    return next(one["WindowId"] for one in found if one["Name"] == "cinematch-patching")


def _task(live: Live) -> Undo:
    client, window = live.client("ssm"), _window(live)
    id_ = client.register_task_with_maintenance_window(
        WindowId=window,
        TaskArn="AWS-RunShellScript",
        TaskType="RUN_COMMAND",
        Targets=[{"Key": "InstanceIds", "Values": ["i-0123456789abcdef0"]}],
        MaxConcurrency="1",
        MaxErrors="1",
    )["WindowTaskId"]
    return lambda: client.deregister_task_from_maintenance_window(WindowId=window, WindowTaskId=id_)


def _window_target(live: Live) -> Undo:
    client, window = live.client("ssm"), _window(live)
    id_ = client.register_target_with_maintenance_window(
        WindowId=window,
        ResourceType="INSTANCE",
        Targets=[{"Key": "InstanceIds", "Values": ["i-0123456789abcdef0"]}],
    )["WindowTargetId"]
    return lambda: client.deregister_target_from_maintenance_window(WindowId=window, WindowTargetId=id_)


def _association(live: Live) -> Undo:
    client = live.client("ssm")
    made_ = client.create_association(
        Name="AWS-RunShellScript", Targets=[{"Key": "InstanceIds", "Values": ["*"]}]
    )["AssociationDescription"]
    return lambda: client.delete_association(AssociationId=made_["AssociationId"])


def _parameter(live: Live) -> Undo:
    client, name = live.client("ssm"), "/cinematch/staging/by-hand"
    client.put_parameter(Name=name, Value="x", Type="String", Tier="Advanced")
    arn = live.settings.names.parameter_arn(name)
    made_ = client.put_resource_policy(ResourceArn=arn, Policy="{}")
    given = {"ResourceArn": arn, "PolicyId": made_["PolicyId"], "PolicyHash": "x"}

    def undo() -> None:
        client.delete_resource_policy(**given)
        client.delete_parameter(Name=name)

    return undo


def _share(live: Live) -> Undo:
    client = live.client("ssm")
    given = {"Name": DEPLOY, "PermissionType": "Share"}
    client.modify_document_permission(**given, AccountIdsToAdd=[STRANGER])
    return lambda: client.modify_document_permission(**given, AccountIdsToRemove=[STRANGER])


PLANTS = (
    Plant(
        GROUP,
        "lifecycle hook",
        made(
            "autoscaling",
            "put_lifecycle_hook",
            "delete_lifecycle_hook",
            "AutoScalingGroupName",
            "LifecycleHookName",
            AutoScalingGroupName=NAME,
            LifecycleHookName="by-hand",
            LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
        ),
        "has the undeclared lifecycle hook by-hand",
    ),
    Plant(
        GROUP,
        "scheduled action",
        made(
            "autoscaling",
            "put_scheduled_update_group_action",
            "delete_scheduled_action",
            "AutoScalingGroupName",
            "ScheduledActionName",
            AutoScalingGroupName=NAME,
            ScheduledActionName="by-hand",
            Recurrence="0 0 * * *",
            DesiredCapacity=0,
        ),
        "has the undeclared scheduled action by-hand",
    ),
    Plant(
        GROUP,
        "scaling policy",
        made(
            "autoscaling",
            "put_scaling_policy",
            "delete_policy",
            "AutoScalingGroupName",
            "PolicyName",
            AutoScalingGroupName=NAME,
            PolicyName="by-hand",
            PolicyType="SimpleScaling",
            AdjustmentType="ChangeInCapacity",
            ScalingAdjustment=1,
        ),
        "has the undeclared scaling policy by-hand",
    ),
    Plant(GROUP, "warm pool", _warm_pool, "has an undeclared warm pool"),
    Plant(GROUP, "target group", _target_group, "is behind the undeclared target group arn:x"),
    Plant(
        GROUP,
        "suspended process",
        made(
            "autoscaling",
            "suspend_processes",
            "resume_processes",
            "AutoScalingGroupName",
            "ScalingProcesses",
            AutoScalingGroupName=NAME,
            ScalingProcesses=["ReplaceUnhealthy"],
        ),
        "its process ReplaceUnhealthy is suspended",
    ),
    Plant(GROUP, "launch template version", _version, "of its launch template, which has the version"),
    Plant(GROUP, "instance profile", _profile, "has the instance profile arn:aws:iam"),
    Plant(TEMPLATE, "shared snapshot of a volume", _snapshot, f"is shared with {STRANGER}"),
    Plant(TEMPLATE, "shared image", _image, f"is shared with {STRANGER}"),
    Plant(DOCUMENT, "share", _share, f"is shared with {STRANGER}"),
    Plant(DOCUMENT, "version", _new_document, "the latest is 2"),
    Plant(DOCUMENT, "association", _association, "runs AWS-RunShellScript on instances"),
    Plant(WINDOW, "task", _task, "also runs AWS-RunShellScript"),
    Plant(WINDOW, "target", _window_target, "has the undeclared target"),
    Plant(PARAMETER, "share", _parameter, "which shares it with other accounts"),
)
