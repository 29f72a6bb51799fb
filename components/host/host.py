"""One docker-compose host in an Auto Scaling group: private, and replaced when its user data changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import autoscaling, cloudwatch, ec2

from components.host.cloudwatch_agent import LogGroups
from components.host.launch_template import launch_template
from components.host.role import host_role, parameter_names
from components.host.scripts import HostSpec
from components.host.session_manager import Sessions
from components.host.user_data import user_data
from components.kms import Keys
from components.monitoring import HostMetrics
from components.network import Placement
from components.options import child_of
from iam_documents import Statement
from settings.grants import StoreEntry
from settings.host_env import database_login, env_lines, host_namespace, optional_names
from settings.names import Names
from settings.schema.services import HostSettings

BOOT_S = 900
"""Seconds in which a new host installs, pulls and starts before its health checks count."""
APP_LOG = "app"
LOGS = (APP_LOG, "host/auth", "host/syslog")


@dataclass(frozen=True, kw_only=True)
class HostArgs:
    """What a host runs and reads, and how it is reached."""

    names: Names
    settings: HostSettings
    entries: Sequence[StoreEntry]
    """The secrets it reads."""
    shared_rights: Sequence[Statement] = ()
    """What it may do with buckets and queues."""
    shared_variables: Mapping[str, str] = field(default_factory=dict)
    """Names of buckets and URLs of queues, by environment variable."""
    password_secret: str | None
    """The secret that is the password of the database's master user, by its short name."""
    keys: Keys
    placement: Placement
    security_group_id: pulumi.Input[str]
    target_group_arn: pulumi.Input[str]
    image_id: pulumi.Input[str]
    """The AMI id, looked up by the program."""
    sessions: Sessions
    log_days: int
    tags: Mapping[str, str]
    """Tags of the instance, by which deployments and patching select it."""
    depends_on: Sequence[pulumi.Resource]
    """What must exist before it boots: its parameters, the listener of its target group."""


class Host(pulumi.ComponentResource):
    """An Auto Scaling group of one instance, with its role and log groups."""

    metrics: HostMetrics
    """Names of the Auto Scaling group and log groups, from which the host alarms are made."""
    log_groups: dict[str, pulumi.Output[str]]
    """Log group names by what they contain: ``app``, ``host/auth``, ``host/syslog``."""

    def __init__(self, name: str, args: HostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Host", name, None, opts)
        self._args = args
        self._group_name = args.names.host_name
        groups = {
            what: cloudwatch.LogGroup(
                f"{name}-{what.replace('/', '-')}",
                name=args.names.log_group(what),
                retention_in_days=args.log_days,
                kms_key_id=args.keys.arns["logs"],
                opts=child_of(self),
            )
            for what in LOGS
        }
        self.log_groups = {what: group.name for what, group in groups.items()}
        role = host_role(
            self,
            name,
            names=args.names,
            keys=args.keys,
            entries=args.entries,
            shared_rights=args.shared_rights,
            plain_parameters=tuple(args.settings.parameters),
            log_groups=(
                *map(args.names.log_group, groups),
                args.sessions.log_group,
                args.sessions.command_log_group,
            ),
        )
        template = launch_template(
            self,
            name,
            template_name=self._group_name,
            settings=args.settings,
            user_data=user_data(self._spec()),
            profile_arn=role.profile.arn,
            image_id=args.image_id,
            security_group_id=args.security_group_id,
            volume_key_arn=args.keys.arns["data"],
            tags=self._tags(),
        )
        self._group(template, [*role.rights, *groups.values(), *args.depends_on])
        self.metrics = HostMetrics(
            settings=args.settings,
            group_name=self._group_name,
            namespace=host_namespace(args.names),
            logs={what: group for what, group in self.log_groups.items() if what != APP_LOG},
        )
        self.register_outputs({"groupName": self._group_name, "logGroups": self.log_groups})

    def _group(self, template: ec2.LaunchTemplate, depends_on: Sequence[pulumi.Resource]) -> None:
        args = self._args
        autoscaling.Group(
            f"{self.pulumi_resource_name}-group",
            name=self._group_name,
            min_size=1,
            max_size=1,
            desired_capacity=1,
            vpc_zone_identifiers=list(args.placement.subnet_ids),
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            target_group_arns=[args.target_group_arn],
            health_check_type="ELB",
            health_check_grace_period=BOOT_S,
            default_instance_warmup=60,
            # A deployment waits for health and reports it; an update would wait without a message.
            wait_for_capacity_timeout="0",
            # The new host is in service before the old one is terminated.
            instance_maintenance_policy={"min_healthy_percentage": 100, "max_healthy_percentage": 200},
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {
                    "min_healthy_percentage": 100,
                    "max_healthy_percentage": 200,
                    "auto_rollback": True,
                    "skip_matching": True,
                },
            },
            tags=[
                {"key": key, "value": value, "propagate_at_launch": True}
                for key, value in sorted(self._tags().items())
            ],
            opts=child_of(self, depends_on),
        )

    def _tags(self) -> dict[str, str]:
        return {**self._args.tags, "Name": self._group_name}

    def _spec(self) -> HostSpec:
        args, names, settings = self._args, self._args.names, self._args.settings
        return HostSpec(
            region=names.region,
            group_name=self._group_name,
            namespace=host_namespace(names),
            app_dir=settings.app_dir,
            port=settings.port,
            health_path=settings.health_path,
            parameters=parameter_names(names, args.entries, tuple(settings.parameters)),
            optional=optional_names(args.entries),
            env_lines=env_lines({**settings.environment, **args.shared_variables}, args.entries),
            compose=settings.compose,
            first_image=settings.image,
            authorized_keys=settings.ssh.authorized_keys if settings.ssh.enabled else (),
            log_groups=LogGroups(
                app=names.log_group("app"),
                auth=names.log_group("host/auth"),
                syslog=names.log_group("host/syslog"),
            ),
            login=database_login(settings.parameters, args.entries, args.password_secret),
        )
