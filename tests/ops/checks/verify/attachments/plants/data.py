"""Changes by hand to the database and the cache."""

from __future__ import annotations

from tests.ops.checks.verify.attachments.plants.plant import (
    STRANGE_ROLE,
    STRANGER,
    Plant,
    all_of,
    made,
)
from tests.ops.checks.verify.attachments.plants.vpc import inside
from tests.ops.live import Live, Undo

DATABASE, CACHE = "aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"
NAME, OTHER_KEY = "aiponge-rds", f"arn:aws:kms:eu-west-1:{STRANGER}:key/other"


def arn(live: Live) -> str:
    """The ARN of the instance."""
    found = live.client("rds").describe_db_instances(DBInstanceIdentifier=NAME)
    return found["DBInstances"][0]["DBInstanceArn"]


SNAPSHOT = made(
    "rds",
    "create_db_snapshot",
    "delete_db_snapshot",
    "DBSnapshotIdentifier",
    DBSnapshotIdentifier="by-hand",
    DBInstanceIdentifier=NAME,
)


def _share(live: Live) -> Undo:
    attribute = {"DBSnapshotIdentifier": "by-hand", "AttributeName": "restore"}
    live.client("rds").modify_db_snapshot_attribute(**attribute, ValuesToAdd=[STRANGER])
    return lambda: live.client("rds").modify_db_snapshot_attribute(**attribute, ValuesToRemove=[STRANGER])


def _other_key(live: Live) -> Undo:
    # moto knows the keys of its own accounts only.
    stored = live.backend("rds").database_snapshots["by-hand"]
    before, stored.kms_key_id = stored.kms_key_id, OTHER_KEY
    return lambda: setattr(stored, "kms_key_id", before)


def _role(live: Live) -> Undo:
    live.client("rds").add_role_to_db_instance(
        DBInstanceIdentifier=NAME, RoleArn=STRANGE_ROLE, FeatureName="s3Export"
    )
    return live.backend("rds").databases[NAME]._associated_roles.clear  # moto removes no role


def _replica(live: Live) -> Undo:
    """moto deletes the source's master secret with that of the copy; AWS gives a replica none."""
    client, stored = live.client("rds"), live.backend("rds").databases[NAME]
    secret = stored.__dict__.pop("master_user_secret")
    client.create_db_instance_read_replica(DBInstanceIdentifier="by-hand", SourceDBInstanceIdentifier=NAME)
    stored.master_user_secret = secret
    live.backend("rds").databases["by-hand"].manage_master_user_password = False
    return lambda: client.delete_db_instance(DBInstanceIdentifier="by-hand", SkipFinalSnapshot=True)


def _blue_green(live: Live) -> Undo:
    """One that moto refuses for an instance with a managed master password, which AWS supports."""
    backend, stored = live.backend("rds"), live.backend("rds").databases[NAME]
    secret = stored.__dict__.pop("master_user_secret", None)
    stored._master_user_password = "none"
    made = live.client("rds").create_blue_green_deployment(
        BlueGreenDeploymentName="by-hand", Source=stored.arn
    )
    if secret is not None:
        stored.master_user_secret = secret
    id_ = made["BlueGreenDeployment"]["BlueGreenDeploymentIdentifier"]

    def undo() -> None:
        deployment = backend.blue_green_deployments.pop(id_)
        backend.databases.pop(deployment.target.rpartition(":")[2], None)

    return undo


def _elsewhere(live: Live) -> Undo:
    there = live.sandbox.session.client("rds", region_name="eu-central-1")
    source = arn(live)
    there.start_db_instance_automated_backups_replication(SourceDBInstanceArn=source)
    return lambda: there.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=source)


def _export(live: Live) -> Undo:
    client = live.client("rds")
    found = client.describe_db_snapshots(DBSnapshotIdentifier="by-hand")["DBSnapshots"][0]
    client.start_export_task(
        ExportTaskIdentifier="by-hand",
        SourceArn=found["DBSnapshotArn"],
        S3BucketName="elsewhere",
        IamRoleArn=STRANGE_ROLE,
        KmsKeyId=OTHER_KEY,
    )
    tasks = live.backend("rds").export_tasks
    tasks["by-hand"].status = "IN_PROGRESS"  # moto completes it at once
    return lambda: tasks.pop("by-hand")


def _global(live: Live) -> Undo:
    client = live.client("elasticache")
    made = client.create_global_replication_group(
        GlobalReplicationGroupIdSuffix="by-hand", PrimaryReplicationGroupId="aiponge-redis"
    )
    return lambda: client.disassociate_global_replication_group(
        GlobalReplicationGroupId=made["GlobalReplicationGroup"]["GlobalReplicationGroupId"],
        ReplicationGroupId="aiponge-redis",
        ReplicationGroupRegion="eu-west-1",
    )


def _integration(live: Live) -> Undo:
    client = live.client("rds")
    target = f"arn:aws:redshift-serverless:eu-west-1:{STRANGER}:namespace/x"
    client.create_integration(IntegrationName="by-hand", SourceArn=arn(live), TargetArn=target)
    return lambda: client.delete_integration(IntegrationIdentifier="by-hand")


def _subnets(live: Live) -> list[str]:
    return [one["SubnetId"] for one in inside(live, "describe_subnets", "Subnets")[:2]]


PROXY = all_of(
    made(
        "rds",
        "create_db_proxy",
        "delete_db_proxy",
        "DBProxyName",
        DBProxyName="by-hand",
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:x:222233334444:secret:x"}],
        RoleArn=STRANGE_ROLE,
        VpcSubnetIds=lambda live: [
            one["SubnetId"] for one in live.aws.in_vpc("describe_subnets", "Subnets")[:2]
        ],
    ),
    made(
        "rds",
        "register_db_proxy_targets",
        "deregister_db_proxy_targets",
        "DBProxyName",
        "DBInstanceIdentifiers",
        DBProxyName="by-hand",
        DBInstanceIdentifiers=[NAME],
    ),
)

PLANTS = (
    Plant(DATABASE, "shared snapshot", all_of(SNAPSHOT, _share), f"is shared with {STRANGER}"),
    Plant(
        DATABASE,
        "snapshot under another key",
        all_of(SNAPSHOT, _other_key),
        f"is encrypted with {OTHER_KEY}, not with the data key",
    ),
    Plant(
        DATABASE,
        "read replica",
        _replica,
        "has the undeclared read replica by-hand",
    ),
    Plant(
        DATABASE, "replicated backup", _elsewhere, "its backups are replicated to arn:aws:rds:eu-central-1"
    ),
    Plant(DATABASE, "role", _role, f"has the undeclared role {STRANGE_ROLE} for s3Export"),
    Plant(DATABASE, "export", all_of(SNAPSHOT, _export), "exports its data to the bucket elsewhere"),
    Plant(DATABASE, "proxy", PROXY, "is reached through the undeclared proxy by-hand"),
    Plant(
        DATABASE,
        "blue/green deployment",
        _blue_green,
        "has the undeclared blue/green deployment by-hand",
    ),
    Plant(
        DATABASE,
        "zero-ETL integration",
        _integration,
        "the integration by-hand copies its data to arn:aws:redshift-serverless",
    ),
    Plant(
        CACHE,
        "global datastore",
        _global,
        "belongs to the undeclared global datastore",
    ),
    Plant(
        CACHE,
        "snapshot under another key",
        made(
            "elasticache",
            "create_snapshot",
            "delete_snapshot",
            "SnapshotName",
            ReplicationGroupId="aiponge-redis",
            SnapshotName="by-hand",
            KmsKeyId=OTHER_KEY,
        ),
        "its snapshot by-hand is not encrypted with the data key",
    ),
)
