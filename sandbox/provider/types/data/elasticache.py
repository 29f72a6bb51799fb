"""ElastiCache: replication groups, their subnet and parameter groups, users and user groups."""

from __future__ import annotations

from sandbox.provider import diff
from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row

MODIFY_CACHE = (
    "description:ReplicationGroupDescription nodeType:CacheNodeType "
    "parameterGroupName:CacheParameterGroupName maintenanceWindow:PreferredMaintenanceWindow "
    "multiAzEnabled:MultiAZEnabled authTokenWo:AuthToken"
)


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
    """Send the changed parameters."""
    skip = {"tags", "tagsAll", "applyImmediately", "finalSnapshotIdentifier", "authTokenUpdateStrategy"}
    body = {key: new[key] for key in set(diff.changed(old, new)) - skip if key in new}
    body = cache_group(context, body)
    if "userGroupIds" in body:
        before, after = set(old.get("userGroupIds") or []), set(body.pop("userGroupIds"))
        body |= {"userGroupIdsToAdd": sorted(after - before), "userGroupIdsToRemove": sorted(before - after)}
    fixed = {"ReplicationGroupId": id_, "ApplyImmediately": True}
    context.call("elasticache.modify_replication_group", body, MODIFY_CACHE, fixed)


def read_parameters(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the group and the parameters that ElastiCache returns as set by a user."""
    asked = {"CacheParameterGroupName": id_}
    group = context.send("elasticache.describe_cache_parameter_groups", asked)["CacheParameterGroups"][0]
    found = context.send("elasticache.describe_cache_parameters", {**asked, "Source": "user"})["Parameters"]
    return {
        "name": group["CacheParameterGroupName"],
        "family": group["CacheParameterGroupFamily"],
        "parameters": [{"name": one["ParameterName"], "value": one["ParameterValue"]} for one in found],
    }


def user_group_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Add and remove members."""
    before, after = set(old.get("userIds") or []), set(new.get("userIds") or [])
    params: Inputs = {"UserGroupId": id_}
    params |= {"UserIdsToAdd": sorted(after - before)} if after - before else {}
    params |= {"UserIdsToRemove": sorted(before - after)} if before - after else {}
    context.send("elasticache.modify_user_group", params)


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
    secret="authToken authTokenWo",
    pre=cache_group,
    delete="delete_replication_group(ReplicationGroupId={id})",
    replace="replicationGroupId atRestEncryptionEnabled kmsKeyId subnetGroupName engine",
    change=modify_cache,
    changes="*",
    keeps="the version, subnets, groups, users, nodes and changes of a cache",
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
    missing_operation="create_cache_parameter_group",
    delete="delete_cache_parameter_group(CacheParameterGroupName={id})",
    reader=read_parameters,
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
    secret="passwords passwordsWo",
    delete="delete_user(UserId={id})",
    keeps="the deletion of a user",
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
    missing_operation="create_user_group",
    delete="delete_user_group(UserGroupId={id})",
    replace="userGroupId engine",
    change=user_group_change,
    changes="userIds",
)
