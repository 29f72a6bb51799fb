"""Attachments of the RDS instance and of the ElastiCache replication group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.checks.verify.attachments.resources import caches, databases, snapshots
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
    described,
    itself,
    listed,
)
from ops.core.aws_state import AwsState, Item

_WORKING = ("STARTING", "IN_PROGRESS", "CANCELING")


def _shared_with(aws: AwsState, snapshot: Resource) -> Iterator[str]:
    answer = aws.ask("rds", "describe_db_snapshot_attributes", **snapshot.params)
    for attribute in answer["DBSnapshotAttributesResult"].get("DBSnapshotAttributes", []):
        if attribute["AttributeName"] == "restore":
            yield from attribute.get("AttributeValues", [])


def _key_of_others(aws: AwsState, one: Resource, item: Item) -> str | None:
    key = item.get("KmsKeyId")
    return None if aws.is_key(key, "data") else f"is encrypted with {key or 'no key'}, not with the data key"


def _of_instance(member: str) -> Any:
    """Whether a member of the item is the ARN or the name of the instance."""

    def problem(text: str) -> Any:
        def undeclared(aws: AwsState, one: Resource, item: Item) -> str | None:
            source = str(item.get(member, ""))
            return text.format_map(item) if source in (one.item["DBInstanceArn"], one.name) else None

        return undeclared

    return problem


def _export(aws: AwsState, one: Resource, item: Item) -> str | None:
    source = str(item.get("SourceArn", "")).rpartition(":")[2]
    manual = {snapshot.params["DBSnapshotIdentifier"] for snapshot in snapshots(aws)}
    ours = source in manual or source.removeprefix("rds:").startswith(one.name)
    if not ours or str(item.get("Status", "")).upper() not in _WORKING:
        return None
    return f"the task {item['ExportTaskIdentifier']} exports its data to the bucket {item['S3Bucket']}"


def _proxied(aws: AwsState, one: Resource) -> Iterator[Item]:
    for proxy in aws.list("rds", "describe_db_proxies", "DBProxies"):
        name = proxy["DBProxyName"]
        for target in aws.list("rds", "describe_db_proxy_targets", "Targets", DBProxyName=name):
            if target.get("RdsResourceId") == one.name:
                yield {"DBProxyName": name}


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:rds/instance:Instance": (
        Read(
            "shared snapshot",
            snapshots,
            _shared_with,
            always("is shared with {it}"),
            "remove it with `aws rds modify-db-snapshot-attribute`, and find out in the trail who copied it",
        ),
        Read(
            "snapshot under another key",
            snapshots,
            itself,
            _key_of_others,
            "delete the copy, and find out in the trail who made it",
        ),
        Read(
            "read replica",
            databases,
            described("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBClusterIdentifiers"),
            always("has the undeclared read replica {it}"),
            "delete the replica, and find out in the trail who created it",
        ),
        Read(
            "replicated backup",
            databases,
            described("DBInstanceAutomatedBackupsReplications"),
            always("its backups are replicated to {DBInstanceAutomatedBackupsArn}"),
            "stop it with `aws rds stop-db-instance-automated-backups-replication`, and delete the copies",
        ),
        Read(
            "role",
            databases,
            described("AssociatedRoles"),
            always("has the undeclared role {RoleArn} for {FeatureName}"),
            "remove it with `aws rds remove-role-from-db-instance`",
        ),
        Read(
            "export",
            databases,
            listed("rds:DescribeExportTasks", "ExportTasks"),
            _export,
            "cancel it with `aws rds cancel-export-task`, and delete what is in the bucket",
        ),
        Read(
            "proxy",
            databases,
            _proxied,
            always("is reached through the undeclared proxy {DBProxyName}"),
            "delete it with `aws rds delete-db-proxy`",
        ),
        Read(
            "blue/green deployment",
            databases,
            listed("rds:DescribeBlueGreenDeployments", "BlueGreenDeployments"),
            _of_instance("Source")("has the undeclared blue/green deployment {BlueGreenDeploymentName}"),
            "delete it with `aws rds delete-blue-green-deployment --delete-target`",
        ),
        Read(
            "zero-ETL integration",
            databases,
            listed("rds:DescribeIntegrations", "Integrations"),
            _of_instance("SourceArn")("the integration {IntegrationName} copies its data to {TargetArn}"),
            "delete it with `aws rds delete-integration`, and the data at its target",
        ),
        Checked("security group or subnet", "database-private"),
        Checked("parameters", "database-parameters"),
        Checked("log exports and monitoring", "database-operation"),
        Unread(
            "activity stream", "Amazon RDS for PostgreSQL has none; only Aurora, Oracle and SQL Server do"
        ),
    ),
    "aws:rds/subnetGroup:SubnetGroup": (Checked("subnet", "database-private"),),
    "aws:rds/parameterGroup:ParameterGroup": (Checked("parameter", "database-parameters"),),
    "aws:rds/eventSubscription:EventSubscription": (
        Nothing("it names one topic, and the topic's policy and subscriptions are read"),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Read(
            "global datastore",
            caches,
            described("GlobalReplicationGroupInfo"),
            always("belongs to the undeclared global datastore {GlobalReplicationGroupId}"),
            "take it out with `aws elasticache disassociate-global-replication-group`",
        ),
        Read(
            "snapshot under another key",
            caches,
            lambda aws, one: aws.list(
                "elasticache",
                "describe_snapshots",
                "Snapshots",
                ReplicationGroupId=one.name,
                SnapshotSource="user",
            ),
            lambda aws, one, item: (
                None
                if aws.is_key(item.get("KmsKeyId"), "data")
                else f"its snapshot {item['SnapshotName']} is not encrypted with the data key"
            ),
            "delete the snapshot, and find out in the trail who made it",
        ),
        Checked("user", "cache-users"),
        Checked("security group or subnet", "cache-private"),
        Checked("log delivery", "cache-logs"),
    ),
    "aws:elasticache/user:User": (Checked("permissions", "cache-users"),),
    "aws:elasticache/userGroup:UserGroup": (Checked("user", "cache-users"),),
    "aws:elasticache/subnetGroup:SubnetGroup": (Checked("subnet", "cache-private"),),
    "aws:elasticache/parameterGroup:ParameterGroup": (
        Nothing("it holds parameters, of which none opens the cache"),
    ),
}
