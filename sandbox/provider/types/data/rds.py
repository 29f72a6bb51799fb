"""RDS: PostgreSQL instances, their subnet and parameter groups, proxies and event subscriptions."""

from __future__ import annotations

from sandbox.provider import diff
from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row

MODIFY_DATABASE = (
    "identifier:DBInstanceIdentifier instanceClass:DBInstanceClass password:MasterUserPassword "
    "passwordWo:MasterUserPassword parameterGroupName:DBParameterGroupName "
    "maintenanceWindow:PreferredMaintenanceWindow backupWindow:PreferredBackupWindow "
    "performanceInsightsEnabled:EnablePerformanceInsights caCertIdentifier:CACertificateIdentifier "
    "iamDatabaseAuthenticationEnabled:EnableIAMDatabaseAuthentication"
)


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
    replace="identifier engine storageEncrypted kmsKeyId username dbName dbSubnetGroupName",
    change=modify_database,
    changes="*",
    keeps="the insights, monitoring and certificate authority of an instance",
)
row(
    "rds/subnetGroup:SubnetGroup",
    "rds.create_db_subnet_group",
    id="{name}",
    read="describe_db_subnet_groups(DBSubnetGroupName={id}).DBSubnetGroups[0]",
    out="arn:DBSubnetGroupArn vpcId:VpcId",
    name="name",
    rename="name:DBSubnetGroupName description:DBSubnetGroupDescription",
    const={"DBSubnetGroupDescription": "Managed by Pulumi"},
    delete="delete_db_subnet_group(DBSubnetGroupName={id})",
    replace="name",
    update=(
        Call(
            "modify_db_subnet_group",
            "DBSubnetGroupName={id}",
            "subnetIds description",
            "description:DBSubnetGroupDescription",
        ),
    ),
)
row(
    "rds/parameterGroup:ParameterGroup",
    "rds.create_db_parameter_group",
    id="{name}",
    read="describe_db_parameter_groups(DBParameterGroupName={id}).DBParameterGroups[0]",
    out="arn:DBParameterGroupArn",
    name="name",
    rename=(
        "name:DBParameterGroupName family:DBParameterGroupFamily parameters.name:ParameterName "
        "parameters.value:ParameterValue"
    ),
    skip="skipDestroy",
    const={"Description": "Managed by Pulumi"},
    after=(Call("modify_db_parameter_group", "DBParameterGroupName={name}", "parameters"),),
    delete="delete_db_parameter_group(DBParameterGroupName={id})",
    replace="name family description",
)
row(
    "rds/proxy:Proxy",
    "rds.create_db_proxy",
    id="{name}",
    read="describe_db_proxies(DBProxyName={id}).DBProxies[0]",
    out="arn:DBProxyArn endpoint:Endpoint",
    name="name",
    rename="name:DBProxyName auths:Auth requireTls:RequireTLS",
    delete="delete_db_proxy(DBProxyName={id})",
)
row(
    "rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
    "rds.modify_db_proxy_target_group",
    id="{dbProxyName}",
    read="describe_db_proxy_target_groups(DBProxyName={id}).TargetGroups[0]",
    out="arn:TargetGroupArn name:TargetGroupName",
    const={"TargetGroupName": "default"},
    put=True,
)
row(
    "rds/proxyTarget:ProxyTarget",
    "rds.register_db_proxy_targets",
    id="{dbProxyName}/{targetGroupName}/RDS_INSTANCE/{dbInstanceIdentifier}",
    read="describe_db_proxy_targets(DBProxyName={dbProxyName}).Targets[0]",
    out="endpoint:Endpoint port:Port targetArn:TargetArn",
    rename="dbInstanceIdentifier:DBInstanceIdentifiers dbClusterIdentifier:DBClusterIdentifiers",
    replace="*",
)
row(
    "rds/eventSubscription:EventSubscription",
    "rds.create_event_subscription",
    id="{name}",
    read="describe_event_subscriptions(SubscriptionName={id}).EventSubscriptionsList[0]",
    out="arn=arn:{p}:rds:{r}:{a}:es:{id} customerAwsId={a}",
    name="name",
    rename="name:SubscriptionName snsTopic:SnsTopicArn",
    update=(
        Call(
            "modify_event_subscription",
            "SubscriptionName={id}",
            "snsTopic eventCategories enabled sourceType",
            "snsTopic:SnsTopicArn",
        ),
    ),
    replace="name sourceIds",
    delete="delete_event_subscription(SubscriptionName={id})",
)
