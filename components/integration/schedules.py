"""Runs tasks on time with EventBridge Scheduler, each schedule with a role of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, scheduler

from components.iam import document
from components.monitoring import ScheduleMetrics
from components.network import Placement
from components.options import child_of, unprotected_child
from iam_documents import Statement, allow, service_trust
from settings.names import Names
from settings.parts import ScheduledTask
from settings.schema.parts import ScheduleSettings

SERVICE = "scheduler.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class SchedulesArgs:
    """The declared schedules, and the tasks that they run."""

    names: Names
    schedules: Mapping[str, ScheduleSettings]
    tasks: Mapping[str, ScheduledTask]
    """The task of each schedule, by the schedule's short name."""
    placement: Placement
    security_group_ids: Mapping[str, pulumi.Input[str]]
    """Security group ids by service or tool."""


class Schedules(pulumi.ComponentResource):
    """The schedules of one application, in a group of their own."""

    metrics: ScheduleMetrics
    """The group and its tasks, from which the alarms are made."""

    def __init__(self, name: str, args: SchedulesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Schedules", name, None, opts)
        names = args.names
        group = scheduler.ScheduleGroup(f"{name}-group", name=names.schedule_group, opts=child_of(self))
        for key, settings in args.schedules.items():
            task = args.tasks[key]
            role, permission = self._role(f"{name}-{key}", key, task, names)
            scheduler.Schedule(
                f"{name}-{key}",
                name=key,
                group_name=group.name,
                state="ENABLED" if settings.enabled else "DISABLED",
                schedule_expression=settings.expression,
                schedule_expression_timezone=settings.time_zone,
                flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
                target=scheduler.ScheduleTargetArgs(
                    arn=names.cluster_arn,
                    role_arn=role.arn,
                    input=_overrides(task, settings),
                    ecs_parameters=scheduler.ScheduleTargetEcsParametersArgs(
                        task_definition_arn=names.task_family_arn(task.family),
                        task_count=1,
                        launch_type="FARGATE",
                        platform_version="LATEST",
                        group=names.scheduled_group(key),
                        enable_execute_command=False,
                        network_configuration=scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
                            subnets=list(args.placement.subnet_ids),
                            security_groups=[args.security_group_ids[task.runs_as]],
                            assign_public_ip=False,
                        ),
                    ),
                    retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                        maximum_retry_attempts=settings.retries,
                        maximum_event_age_in_seconds=settings.retry_s,
                    ),
                ),
                # Scheduler tries to assume the role when the schedule is created.
                opts=child_of(self, [permission]),
            )
        self.metrics = ScheduleMetrics(
            group_name=group.name,
            cluster_arn=names.cluster_arn,
            task_groups=[names.scheduled_group(key) for key in args.schedules],
        )
        self.register_outputs({"groupName": group.name})

    def _role(
        self, label: str, key: str, task: ScheduledTask, names: Names
    ) -> tuple[iam.Role, iam.RolePolicy]:
        trust = service_trust(
            SERVICE,
            {
                "StringEquals": {
                    "aws:SourceAccount": names.account_id,
                    "aws:SourceArn": names.schedule_group_arn,
                }
            },
        )
        role = iam.Role(
            f"{label}-role",
            name=names.schedule_role(key),
            assume_role_policy=document(trust),
            opts=child_of(self),
        )
        permission = iam.RolePolicy(
            f"{label}-run",
            name="run",
            role=role.name,
            policy=document(*run_task(names, task)),
            opts=unprotected_child(self),
        )
        return role, permission


def run_task(names: Names, task: ScheduledTask) -> Sequence[Statement]:
    """Allow running every revision of one task definition in the stack's cluster, with its two roles."""
    family = names.task_family_arn(task.family)
    roles = [names.role_arn(role(task.runs_as)) for role in (names.execution_role, names.task_role)]
    return (
        # ECS checks the family where a schedule names no revision, and the revision that it then runs.
        allow("ecs:RunTask", [family, f"{family}:*"], {"ArnEquals": {"ecs:cluster": names.cluster_arn}}),
        allow("iam:PassRole", roles, {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
    )


def _overrides(task: ScheduledTask, settings: ScheduleSettings) -> str | None:
    """The input of the target, with which ECS replaces the container's command."""
    if not settings.command:
        return None
    override = {"name": task.container, "command": list(settings.command)}
    return json.dumps({"containerOverrides": [override]}, sort_keys=True)
