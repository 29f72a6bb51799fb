"""Says what each role of a stack is for, and which resources its calls name, from what the stack declares."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from settings import Settings
from settings.grants import HOST_READER, entries_read_by
from settings.names import RESTORE_READER, SESSION_DOCUMENT, Names
from settings.parts import scheduled_tasks, used_as
from tests.harness import Deployment, Registered
from tests.roles.needs import key_arn
from tests.roles.stack_account import deployment_of, real, secret_arn, settings_for

Facts = Mapping[str, tuple[str, ...]]
"""The values of a name in braces; none where the role's stack has no such resource."""


@dataclass(frozen=True)
class Workload:
    """One role with what it is for."""

    role: str
    kind: str
    facts: Facts


@cache
def workloads(stack: str) -> tuple[Workload, ...]:
    """Every role of a stack that something in it or a service of AWS assumes."""
    settings, deployment = settings_for(stack), deployment_of(stack)
    names = settings.names
    known = Stack(settings, deployment)
    found = [
        *known.tasks(),
        *known.functions(),
        *known.backups(),
        *known.schedules(),
        Workload(names.part("flow-logs"), "flow-logs", known.log("flow", "x")),
        Workload(names.trail, "trail", known.log("trail", f"{names.account_id}_CloudTrail_{names.region}")),
        Workload(names.config_role, "config", known.records()),
        Workload(names.part("rds-monitoring"), "monitoring", _group(names, "RDSOSMetrics", "db-RESOURCE")),
    ]
    if settings.host:
        found += [
            Workload(names.host_role, "host", known.host()),
            Workload(names.part("parameter-changed"), "refresh", known.refresh()),
        ]
    declared = {one["name"] for one in deployment.all("aws:iam/role:Role")}
    return tuple(one for one in found if one.role in declared)


def common(names: Names) -> Facts:
    """The names in braces that every role has."""
    keys = {
        f"{purpose}_key": (key_arn(names, f"keys-{purpose}"),) for purpose in ("secrets", "audit", "sessions")
    }
    instance = f"arn:aws:ec2:{names.region}:{names.account_id}:instance/i-0123456789abcdef0"
    return {"region": (names.region,), "account": (names.account_id,), "instance": (instance,), **keys}


def _group(names: Names, group: str, stream: str) -> Facts:
    arn = f"arn:aws:logs:{names.region}:{names.account_id}:log-group"
    return {
        "group": (f"{arn}:{group}:log-stream:",),
        "stream": (f"{arn}:{group}:log-stream:{stream}",),
        "every_group": (f"{arn}::log-stream:",),
    }


class Stack:
    """The resources of a recorded stack, with the ARNs of AWS."""

    def __init__(self, settings: Settings, deployment: Deployment) -> None:
        self._settings, self._names, self._deployment = settings, settings.names, deployment

    def tasks(self) -> Iterator[Workload]:
        """The execution and the task role of each task definition."""
        for one in self._deployment.all("aws:ecs/taskDefinition:TaskDefinition"):
            (container,) = json.loads(self._real(one["containerDefinitions"]))
            options = container["logConfiguration"]["options"]
            stream = f"{options['awslogs-stream-prefix']}/{container['name']}/1a2b"
            repository = re.sub(r"[^/]*/(.*?)[@:].*", r"\1", container["image"])
            base = f"arn:aws:ecr:{self._names.region}"
            agent = f"{base}:694911143906:repository/aws-guardduty-agent-fargate"
            execution = {
                "repository": (f"{base}:{self._names.account_id}:repository/{repository}",),
                "agent_repository": (agent,) if self._runtime_monitoring() else (),
                "secret": tuple(each["valueFrom"] for each in container["secrets"]),
                **_group(self._names, options["awslogs-group"], stream),
            }
            yield Workload(self._role(one, "executionRoleArn"), "execution", execution)
            task = {**self._running(container["name"]), **self._shared(one, container)}
            yield Workload(self._role(one, "taskRoleArn"), "task", task)

    def _shared(self, definition: Registered, container: Mapping[str, Any]) -> Facts:
        """The buckets and queues that a task's user reads and writes, with the keys that encrypt them."""
        names, settings = self._names, self._settings
        user = self._role(definition, "taskRoleArn").removeprefix(names.task_role(""))
        read, written = used_as(settings.buckets, user)
        received, sent = used_as(settings.queues, user)
        return {
            "read_bucket": tuple(f"arn:aws:s3:::{names.bucket(one)}" for one in read),
            "written_bucket": tuple(f"arn:aws:s3:::{names.bucket(one)}" for one in written),
            "received_queue": tuple(names.queue_arn(names.queue(one)) for one in received),
            "sent_queue": tuple(names.queue_arn(names.queue(one)) for one in sent),
            "buckets_key": (key_arn(names, "keys-buckets"),),
            "queues_key": (key_arn(names, "keys-queues"),),
        }

    def schedules(self) -> Iterator[Workload]:
        """The role of each schedule, with the task that it runs."""
        names = self._names
        for key, task in scheduled_tasks(self._settings).items():
            family = names.task_family_arn(task.family)
            facts: Facts = {
                "family": (family, f"{family}:7"),
                "cluster": (names.cluster_arn,),
                "passed": tuple(
                    map(names.role_arn, (names.execution_role(task.runs_as), names.task_role(task.runs_as)))
                ),
            }
            yield Workload(names.schedule_role(key), "schedule", facts)

    def functions(self) -> Iterator[Workload]:
        """The role of each Lambda function."""
        for one in self._deployment.all("aws:lambda/function:Function"):
            log = _group(self._names, f"/aws/lambda/{one['name']}", "2026/11/29/[$LATEST]1a2b")
            interface = ("*",) if one.inputs.get("vpcConfig") else ()
            role = self._role(one, "role")
            yield Workload(role, "function", {"interface": interface, **log})
            kind = role.removeprefix(self._names.part(""))
            if kind in NEW_FUNCTIONS:
                yield Workload(role, kind, self._read(one))

    def _read(self, function: Registered) -> Facts:
        """What a function reads according to its environment variables, and where it publishes."""
        names, told = self._names, json.loads(self._real(json.dumps(function["environment"]["variables"])))
        base = f"{names.region}:{names.account_id}"
        ring = told.get("RING_SECRET_ARN")
        plan = told.get("RESTORE_TESTING_PLAN")
        stored = [secret_arn(names, one) for one in json.loads(told.get("SECRETS", "[]"))]
        return {
            "user": (f"arn:aws:rds-db:{base}:dbuser:db-ABC/{RESTORE_READER}",),
            "ring": (ring,) if ring else (),
            "check": (f"arn:aws:lambda:{base}:function:{names.restore_check_role}",),
            "tested": (f"arn:aws:rds:{base}:db:awsbackup-restore-test-1",),
            "namespace": (told.get("METRIC_NAMESPACE", ""),),
            "aged": tuple(stored),
            "database": (f"arn:aws:rds:{base}:db:{names.part('rds')}",),
            "plan": (f"arn:aws:backup:{base}:restore-testing-plan:{plan}-1",) if plan else (),
        }

    def backups(self) -> Iterator[Workload]:
        """The roles of AWS Backup, with the regions that have a vault."""
        names, backup = self._names, self._settings.backup
        if backup is None:
            return
        assert backup.copy_region is not None
        own, regions = names.region, (names.region, backup.copy_region)
        rds, account = f"arn:aws:rds:{own}:{names.account_id}", names.account_id
        keys = {
            "data_key": (key_arn(names, "keys-data"),),
            "backup_key": (key_arn(names, "keys-backup"),),
            "copy_key": (key_arn(names, "backup-copy", backup.copy_region),),
            "copy_region": (backup.copy_region,),
        }
        yield Workload(
            names.backup_role,
            "backup",
            {
                "database": (f"{rds}:db:{names.part('rds')}",),
                "own_snapshot": (f"{rds}:snapshot:awsbackup:job-1",),
                "snapshot": tuple(f"arn:aws:rds:{one}:{account}:snapshot:awsbackup:job-1" for one in regions),
                "vault": tuple(
                    f"arn:aws:backup:{one}:{account}:backup-vault:{names.backup_vault}" for one in regions
                ),
                **keys,
            },
        )
        assert self._settings.database
        group = self._settings.database.engine_version.split(".")[0]
        yield Workload(
            names.restore_role,
            "restore",
            {
                "own_snapshot": (f"{rds}:snapshot:awsbackup:job-1",),
                "restored": tuple(one.replace("*", "1") for one in names.restored_databases),
                "placed": (
                    f"{rds}:subgrp:{names.part('isolated')}",
                    f"{rds}:pg:{names.part(f'postgres{group}')}",
                    f"{rds}:og:default:postgres-{group}",
                ),
                **keys,
            },
        )

    def log(self, label: str, stream: str) -> Facts:
        """The log group of the application with this label."""
        return _group(self._names, self._names.log_group(label), stream)

    def records(self) -> Facts:
        """The bucket of AWS Config, and an object that it writes."""
        bucket = f"arn:aws:s3:::{self._names.audit_bucket('config')}"
        return {"bucket": (bucket,), "record": (f"{bucket}/AWSLogs/{self._names.account_id}/Config/x",)}

    def refresh(self) -> Facts:
        """The document that EventBridge runs on hosts, with their tags."""
        launched = self._deployment.only("aws:ec2/launchTemplate:LaunchTemplate")["tagSpecifications"]
        tags = {
            **self._settings.tags,
            **next(each["tags"] for each in launched if each["resourceType"] == "instance"),
        }
        return {
            "update_document": (self._names.document_arn(self._names.update_document),),
            "host_tags": (" ".join(f"ssm:resourceTag/{key}={value}" for key, value in tags.items()),),
        }

    def host(self) -> Facts:
        """What user data and Systems Manager make a host read and write."""
        names = self._names
        files = self._files()
        agent = json.loads(files["/etc/cloudwatch-agent.json"])["logs"]["logs_collected"]["files"][
            "collect_list"
        ]
        compose = yaml.safe_load(
            next(text for path, text in files.items() if path.endswith("docker-compose.yml"))
        )
        logged = {each["logging"]["options"]["awslogs-group"] for each in compose["services"].values()}
        session = self._document(SESSION_DOCUMENT)["inputs"]["cloudWatchLogGroupName"]
        task = self._deployment.only("aws:ssm/maintenanceWindowTask:MaintenanceWindowTask")
        command = task["taskInvocationParameters"]["runCommandParameters"]["cloudwatchConfig"]
        groups = {
            "app": logged,
            "file": {each["log_group_name"] for each in agent},
            "agent": {session, command["cloudwatchLogGroupName"]},
        }
        listed = re.search(r"^parameters=\((.*)\)$", files["/root/update-app.sh"], re.MULTILINE)
        assert listed is not None
        secrets = [each.store_name for each in entries_read_by(self._settings, HOST_READER)]
        namespace = re.search(r"^namespace=(.*)$", files["/root/install-host.sh"], re.MULTILINE)
        assert namespace is not None
        arn = f"arn:aws:ssm:{names.region}"
        return {
            "namespace": (namespace[1],),
            "parameter": tuple(map(names.parameter_arn, shlex.split(listed[1]))),
            "secret_parameter": tuple(map(names.parameter_arn, secrets)),
            "association": (f"{arn}:{names.account_id}:association/x",),
            "aws_document": tuple(f"{arn}::document/{owner}-X" for owner in DOCUMENT_OWNERS),
            "patch_module": (f"arn:aws:s3:::aws-patch-manager-{names.region}-0123abcd/x",),
            **{
                f"{who}_{part}": tuple(_group(names, group, "x")[part][0] for group in sorted(found))
                for who, found in groups.items()
                for part in ("group", "stream")
            },
        }

    def _running(self, service: str) -> Facts:
        """What the process of a service reads, and what ECS Exec needs in its task."""
        names, settings = self._names, self._settings
        at_runtime = [
            secret_arn(names, each.store_name)
            for each in entries_read_by(settings, service)
            if each.secret.runtime and service in settings.services
        ]
        cluster = self._deployment.only("aws:ecs/cluster:Cluster").inputs.get("configuration")
        shell = cluster and service in settings.services and cluster["executeCommandConfiguration"]
        if not shell:
            return {"runtime_secret": tuple(at_runtime), **dict.fromkeys(SHELL, ())}
        log = _group(names, shell["logConfiguration"]["cloudWatchLogGroupName"], "ecs-execute-command-x")
        channel = {"exec_channel": ("*",), "exec_key": (self._real(shell["kmsKeyId"]),)}
        return {
            "runtime_secret": tuple(at_runtime),
            "exec_group": log["group"],
            "exec_stream": log["stream"],
            **channel,
        }

    def _runtime_monitoring(self) -> bool:
        return any(
            one["name"] == "RUNTIME_MONITORING" and one["status"] == "ENABLED"
            for one in self._deployment.all("aws:guardduty/detectorFeature:DetectorFeature")
        )

    def _files(self) -> dict[str, str]:
        """The files of user data by path."""
        data = base64.b64decode(self._deployment.only("aws:ec2/launchTemplate:LaunchTemplate")["userData"])
        text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()
        return {each["path"]: each["content"] for each in yaml.safe_load(text)["write_files"]}

    def _document(self, name: str) -> dict[str, Any]:
        found = self._deployment.all("aws:ssm/document:Document")
        return json.loads(next(each["content"] for each in found if each["name"] == name))

    def _role(self, one: Registered, key: str) -> str:
        return self._real(one[key]).rpartition(":role/")[2]

    def _real(self, text: str) -> str:
        return real(self._names, self._deployment, text)


NEW_FUNCTIONS = ("check-restored-database", "validate-restore", "publish-ages")
"""Functions whose calls are in calls.tsv, by the last part of their names."""
DOCUMENT_OWNERS = ("AWS", "AmazonGuardDuty", "AmazonInspector2")
"""Prefixes of the documents that Systems Manager, GuardDuty and Inspector run on hosts.

Sources: systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html,
guardduty/latest/ug/managing-gdu-agent-ec2-automated.html, inspector/latest/user/scanning-ec2.html
"""
SHELL = ("exec_channel", "exec_key", "exec_group", "exec_stream")
