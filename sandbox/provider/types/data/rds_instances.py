"""RDS: PostgreSQL instances."""

from __future__ import annotations

from sandbox.provider import diff, tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row

MODIFY_DATABASE = (
    "identifier:DBInstanceIdentifier instanceClass:DBInstanceClass password:MasterUserPassword "
    "passwordWo:MasterUserPassword parameterGroupName:DBParameterGroupName "
    "maintenanceWindow:PreferredMaintenanceWindow backupWindow:PreferredBackupWindow "
    "performanceInsightsEnabled:EnablePerformanceInsights caCertIdentifier:CACertificateIdentifier "
    "iamDatabaseAuthenticationEnabled:EnableIAMDatabaseAuthentication"
)


SAME_VALUE = {
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "engine": "Engine",
    "username": "MasterUsername",
    "dbName": "DBName",
    "port": "DbInstancePort",
    "allocatedStorage": "AllocatedStorage",
    "maxAllocatedStorage": "MaxAllocatedStorage",
    "storageType": "StorageType",
    "storageEncrypted": "StorageEncrypted",
    "kmsKeyId": "KmsKeyId",
    "multiAz": "MultiAZ",
    "publiclyAccessible": "PubliclyAccessible",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "deletionProtection": "DeletionProtection",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "performanceInsightsEnabled": "PerformanceInsightsEnabled",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "databaseInsightsMode": "DatabaseInsightsMode",
    "caCertIdentifier": "CACertificateIdentifier",
}
"""Inputs to the members of AWS's answer that hold the same value."""


def modify_database(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Send the changed properties; log exports as lists to enable and to disable."""
    changed = set(diff.changed(old, new)) - {
        "tags",
        "tagsAll",
        "skipFinalSnapshot",
        "finalSnapshotIdentifier",
    }
    body = {
        key: new[key]
        for key in changed
        if key in new and key not in ("applyImmediately", "deleteAutomatedBackups")
    }
    fixed: Inputs = {
        "DBInstanceIdentifier": new["identifier"],
        "ApplyImmediately": bool(new.get("applyImmediately")),
    }
    if "enabledCloudwatchLogsExports" in changed:
        before = set(old.get("enabledCloudwatchLogsExports") or [])
        after = set(body.pop("enabledCloudwatchLogsExports", None) or [])
        fixed["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(after - before),
            "DisableLogTypes": sorted(before - after),
        }
    for only_state in ("blueGreenUpdate", "passwordWoVersion", "allowMajorVersionUpgrade", "timeouts"):
        body.pop(only_state, None)
    context.call("rds.modify_db_instance", body, MODIFY_DATABASE, fixed)


def read_database(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the instance by its identifier; a version that the program names in part counts as that part."""
    asked = {"DBInstanceIdentifier": have["identifier"]}
    found = context.send("rds.describe_db_instances", asked)["DBInstances"][0]
    if found["DBInstanceStatus"] == "deleting":
        return None
    version = str(have.get("engineVersion", ""))
    exact = found.get("EngineVersion", "")
    groups = [one["DBParameterGroupName"] for one in found.get("DBParameterGroups", [])]
    return {
        "id": found["DbiResourceId"],
        **{key: found[member] for key, member in SAME_VALUE.items() if member in found},
        "engineVersion": version if version and f"{exact}.".startswith(f"{version}.") else exact,
        "dbSubnetGroupName": found.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
        "vpcSecurityGroupIds": [one["VpcSecurityGroupId"] for one in found.get("VpcSecurityGroups", [])],
        "parameterGroupName": groups[0] if groups else None,
        "manageMasterUserPassword": "MasterUserSecret" in found,
        "masterUserSecretKmsKeyId": found.get("MasterUserSecret", {}).get("KmsKeyId"),
        "tagsAll": tagging.as_map(found.get("TagList")),
    }


def delete_database(context: Context, id_: str, have: Inputs) -> None:
    """Delete with a final snapshot, unless the stack skips it."""
    last: Inputs = {"SkipFinalSnapshot": True}
    if not have.get("skipFinalSnapshot"):
        last = {
            "FinalDBSnapshotIdentifier": have.get("finalSnapshotIdentifier") or f"{have['identifier']}-final"
        }
    context.send("rds.delete_db_instance", {"DBInstanceIdentifier": have["identifier"], **last})


row(
    "rds/instance:Instance",
    "rds.create_db_instance",
    id="DBInstance.DbiResourceId",
    read="describe_db_instances(DBInstanceIdentifier={identifier}).DBInstances[0]",
    out=(
        "arn:DBInstanceArn address:Endpoint.Address port:Endpoint.Port "
        "endpoint:join(':',[Endpoint.Address,to_string(Endpoint.Port)]) resourceId:DbiResourceId "
        "status:DBInstanceStatus hostedZoneId:Endpoint.HostedZoneId "
        "engineVersionActual:EngineVersion kmsKeyId:KmsKeyId "
        "masterUserSecrets:MasterUserSecret.[{secretArn:SecretArn,kmsKeyId:KmsKeyId,secretStatus:SecretStatus}]"
    ),
    name="identifier",
    rename=(
        "identifier:DBInstanceIdentifier instanceClass:DBInstanceClass username:MasterUsername "
        "password:MasterUserPassword passwordWo:MasterUserPassword "
        "parameterGroupName:DBParameterGroupName maintenanceWindow:PreferredMaintenanceWindow "
        "backupWindow:PreferredBackupWindow performanceInsightsEnabled:EnablePerformanceInsights "
        "caCertIdentifier:CACertificateIdentifier "
        "iamDatabaseAuthenticationEnabled:EnableIAMDatabaseAuthentication "
        "enabledCloudwatchLogsExports:EnableCloudwatchLogsExports"
    ),
    skip=(
        "skipFinalSnapshot finalSnapshotIdentifier applyImmediately deleteAutomatedBackups "
        "allowMajorVersionUpgrade passwordWoVersion blueGreenUpdate identifierPrefix"
    ),
    delete=delete_database,
    reader=read_database,
    import_id="{identifier}",
    defaults={
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "monitoringInterval": 0,
        "performanceInsightsEnabled": False,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
    },
    computed=(
        "allocatedStorage backupRetentionPeriod backupWindow caCertIdentifier databaseInsightsMode dbName "
        "dbSubnetGroupName engineVersion kmsKeyId maintenanceWindow masterUserSecretKmsKeyId "
        "monitoringRoleArn multiAz parameterGroupName performanceInsightsKmsKeyId "
        "performanceInsightsRetentionPeriod port storageType username vpcSecurityGroupIds"
    ),
    secret="password passwordWo",
    replace="identifier engine storageEncrypted kmsKeyId username dbName dbSubnetGroupName",
    change=modify_database,
    changes="*",
    keeps="the insights, monitoring and certificate authority of an instance",
)
