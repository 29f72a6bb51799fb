"""PostgreSQL on RDS and Valkey on ElastiCache, with the groups they need."""

from __future__ import annotations

from sandbox import diff
from sandbox.calls import Context
from sandbox.rows import Call, Inputs, row

MODIFY_DATABASE = (
    "identifier:DBInstanceIdentifier instanceClass:DBInstanceClass password:MasterUserPassword "
    "passwordWo:MasterUserPassword parameterGroupName:DBParameterGroupName "
    "maintenanceWindow:PreferredMaintenanceWindow backupWindow:PreferredBackupWindow "
    "performanceInsightsEnabled:EnablePerformanceInsights caCertIdentifier:CACertificateIdentifier "
    "iamDatabaseAuthenticationEnabled:EnableIAMDatabaseAuthentication"
)
MODIFY_CACHE = (
    "description:ReplicationGroupDescription nodeType:CacheNodeType parameterGroupName:CacheParameterGroupName "
    "maintenanceWindow:PreferredMaintenanceWindow multiAzEnabled:MultiAZEnabled authTokenWo:AuthToken"
)


def modify_database(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Sends what changed; log exports go as what is switched on and off."""
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
    """With a final snapshot unless the stack gives it up."""
    last: Inputs = {"SkipFinalSnapshot": True}
    if not have.get("skipFinalSnapshot"):
        last = {
            "FinalDBSnapshotIdentifier": have.get("finalSnapshotIdentifier") or f"{have['identifier']}-final"
        }
    context.send("rds.delete_db_instance", {"DBInstanceIdentifier": have["identifier"], **last})


def cache_group(context: Context, inputs: Inputs) -> Inputs:
    """A log's destination has two more levels in the API."""
    logs = [
        {
            **{key: value for key, value in log.items() if key != "destination"},
            "destinationDetails": {"cloudWatchLogsDetails": {"logGroup": log["destination"]}},
        }
        for log in inputs.get("logDeliveryConfigurations") or ()
    ]
    return {**inputs, "logDeliveryConfigurations": logs} if logs else inputs


def modify_cache(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Sends what changed."""
    skip = {"tags", "tagsAll", "applyImmediately", "finalSnapshotIdentifier", "authTokenUpdateStrategy"}
    body = {key: new[key] for key in set(diff.changed(old, new)) - skip if key in new}
    body = cache_group(context, body)
    if "userGroupIds" in body:
        before, after = set(old.get("userGroupIds") or []), set(body.pop("userGroupIds"))
        body |= {"userGroupIdsToAdd": sorted(after - before), "userGroupIdsToRemove": sorted(before - after)}
    fixed = {"ReplicationGroupId": id_, "ApplyImmediately": True}
    context.call("elasticache.modify_replication_group", body, MODIFY_CACHE, fixed)


def user_group_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Members are added and removed."""
    before, after = set(old.get("userIds") or []), set(new.get("userIds") or [])
    params: Inputs = {"UserGroupId": id_}
    params |= {"UserIdsToAdd": sorted(after - before)} if after - before else {}
    params |= {"UserIdsToRemove": sorted(before - after)} if before - after else {}
    context.send("elasticache.modify_user_group", params)


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
    "elasticache/replicationGroup:ReplicationGroup",
    "elasticache.create_replication_group",
    id="{replicationGroupId}",
    read="describe_replication_groups(ReplicationGroupId={id}).ReplicationGroups[0]",
    out=(
        "arn:ARN primaryEndpointAddress:NodeGroups[0].PrimaryEndpoint.Address "
        "readerEndpointAddress:NodeGroups[0].ReaderEndpoint.Address "
        "configurationEndpointAddress:ConfigurationEndpoint.Address memberClusters:MemberClusters"
    ),
    name="replicationGroupId",
    rename=(
        "description:ReplicationGroupDescription nodeType:CacheNodeType "
        "parameterGroupName:CacheParameterGroupName subnetGroupName:CacheSubnetGroupName "
        "maintenanceWindow:PreferredMaintenanceWindow multiAzEnabled:MultiAZEnabled "
        "authTokenWo:AuthToken"
    ),
    skip="applyImmediately finalSnapshotIdentifier authTokenUpdateStrategy authTokenWoVersion",
    pre=cache_group,
    delete="delete_replication_group(ReplicationGroupId={id})",
    replace="replicationGroupId atRestEncryptionEnabled kmsKeyId subnetGroupName engine",
    change=modify_cache,
    changes="*",
)
row(
    "elasticache/subnetGroup:SubnetGroup",
    "elasticache.create_cache_subnet_group",
    id="{name}",
    read="describe_cache_subnet_groups(CacheSubnetGroupName={id}).CacheSubnetGroups[0]",
    out="arn:ARN vpcId:VpcId",
    name="name",
    rename="name:CacheSubnetGroupName description:CacheSubnetGroupDescription",
    const={"CacheSubnetGroupDescription": "Managed by Pulumi"},
    delete="delete_cache_subnet_group(CacheSubnetGroupName={id})",
    replace="*",
)
row(
    "elasticache/parameterGroup:ParameterGroup",
    "elasticache.create_cache_parameter_group",
    id="{name}",
    read="describe_cache_parameter_groups(CacheParameterGroupName={id}).CacheParameterGroups[0]",
    out="arn=arn:{p}:elasticache:{r}:{a}:parametergroup:{id}",
    name="name",
    rename=(
        "name:CacheParameterGroupName family:CacheParameterGroupFamily "
        "parameters:ParameterNameValues parameters.name:ParameterName "
        "parameters.value:ParameterValue"
    ),
    const={"Description": "Managed by Pulumi"},
    after=(Call("modify_cache_parameter_group", "CacheParameterGroupName={name}", "parameters"),),
    absent="create_cache_parameter_group",
    delete="delete_cache_parameter_group(CacheParameterGroupName={id})",
    replace="name family description",
)
row(
    "elasticache/user:User",
    "elasticache.create_user",
    id="{userId}",
    read="describe_users(UserId={id}).Users[0]",
    out="arn:ARN",
    rename="passwordsWo:Passwords",
    skip="passwordsWoVersion",
    delete="delete_user(UserId={id})",
    replace="userId userName engine",
    update=(
        Call("modify_user", "UserId={id}", "passwords accessString noPasswordRequired authenticationMode"),
    ),
)
row(
    "elasticache/userGroup:UserGroup",
    "elasticache.create_user_group",
    id="{userGroupId}",
    read="describe_user_groups(UserGroupId={id}).UserGroups[0]",
    out="arn=arn:{p}:elasticache:{r}:{a}:usergroup:{id}",
    absent="create_user_group",
    delete="delete_user_group(UserGroupId={id})",
    replace="userGroupId engine",
    change=user_group_change,
    changes="userIds",
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
