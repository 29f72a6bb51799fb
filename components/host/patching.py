"""Installs security updates on hosts in a weekly maintenance window, and reports missing ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssm

from components.options import child_of
from settings.names import Names

SCHEDULE = "cron(0 0 4 ? * SUN *)"
"""Sundays at 04:00 UTC, after the database's own maintenance window has begun."""
WINDOW_HOURS, CUTOFF_HOURS = 2, 1
_PRIORITIES = ("Required", "Important", "Standard", "Optional", "Extra")


@dataclass(frozen=True, kw_only=True)
class PatchingArgs:
    """Which instances are patched."""

    names: Names
    ubuntu: str
    tags: Mapping[str, str]
    """Tags that every instance to patch has."""
    log_group: str
    """Name of the log group of the patching command's output."""


class Patching(pulumi.ComponentResource):
    """A patch baseline and the maintenance window in which it is applied."""

    group: str
    """The value of an instance's ``PatchGroup`` tag."""

    def __init__(self, name: str, args: PatchingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Patching", name, None, opts)
        part, names = child_of(self), args.names
        self.group = names.part(names.environment)
        baseline = ssm.PatchBaseline(
            f"{name}-baseline",
            name=names.part("ubuntu"),
            description=f"Security updates of Ubuntu {args.ubuntu}",
            operating_system="UBUNTU",
            # Ubuntu packages carry no date, so an approval delay has no effect: updates are approved at once.
            approval_rules=[
                {
                    "approve_after_days": 0,
                    "compliance_level": "HIGH",
                    "enable_non_security": False,
                    "patch_filters": [
                        {"key": "PRODUCT", "values": [f"Ubuntu{args.ubuntu}"]},
                        {"key": "PRIORITY", "values": list(_PRIORITIES)},
                        {"key": "SECTION", "values": ["*"]},
                    ],
                }
            ],
            opts=part,
        )
        ssm.PatchGroup(f"{name}-group", baseline_id=baseline.id, patch_group=self.group, opts=part)
        window = ssm.MaintenanceWindow(
            f"{name}-window",
            name=names.part("patching"),
            description="Installs security updates and restarts where needed",
            schedule=SCHEDULE,
            schedule_timezone="UTC",
            duration=WINDOW_HOURS,
            cutoff=CUTOFF_HOURS,
            allow_unassociated_targets=False,
            opts=part,
        )
        target = ssm.MaintenanceWindowTarget(
            f"{name}-target",
            window_id=window.id,
            name=names.part("hosts"),
            description="Hosts of the application",
            resource_type="INSTANCE",
            targets=[{"key": f"tag:{key}", "values": [value]} for key, value in sorted(args.tags.items())],
            opts=part,
        )
        ssm.MaintenanceWindowTask(
            f"{name}-install",
            window_id=window.id,
            name=names.part("install-updates"),
            description="Installs the updates that the baseline approves",
            task_type="RUN_COMMAND",
            task_arn="AWS-RunPatchBaseline",
            priority=1,
            max_concurrency="1",
            max_errors="1",
            targets=[{"key": "WindowTargetIds", "values": [target.id]}],
            task_invocation_parameters={
                "run_command_parameters": {
                    "timeout_seconds": 3600,
                    "parameters": [
                        {"name": "Operation", "values": ["Install"]},
                        {"name": "RebootOption", "values": ["RebootIfNeeded"]},
                    ],
                    "cloudwatch_config": {
                        "cloudwatch_output_enabled": True,
                        "cloudwatch_log_group_name": args.log_group,
                    },
                }
            },
            opts=part,
        )
        self.register_outputs({"group": self.group})
