"""RDS: subnet and parameter groups of instances, proxies and event subscriptions."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Stays, row


def read_parameters(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the group and the parameters that were set; one that is applied immediately need not say so."""
    asked = {"DBParameterGroupName": id_}
    groups = context.send("rds.describe_db_parameter_groups", asked)["DBParameterGroups"]
    if not groups:
        return None
    found = context.send("rds.describe_db_parameters", {**asked, "Source": "user"})["Parameters"]
    said = {one["name"] for one in have.get("parameters") or () if one.get("applyMethod")}
    return {
        "name": groups[0]["DBParameterGroupName"],
        "family": groups[0]["DBParameterGroupFamily"],
        "parameters": [
            {"name": one["ParameterName"], "value": one["ParameterValue"]}
            | (
                {"applyMethod": one["ApplyMethod"]}
                if one["ApplyMethod"] != "immediate" or one["ParameterName"] in said
                else {}
            )
            for one in found
        ],
    }


def read_subscription(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read a subscription, whose name RDS returns in lower case."""
    asked = {"SubscriptionName": id_}
    found = context.send("rds.describe_event_subscriptions", asked)["EventSubscriptionsList"][0]
    return {
        "name": found["CustSubscriptionId"],
        "snsTopic": found["SnsTopicArn"],
        "sourceType": found.get("SourceType"),
        "eventCategories": found.get("EventCategoriesList"),
        "sourceIds": found.get("SourceIdsList"),
        "enabled": found.get("Enabled"),
    }


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
    reader=read_parameters,
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
    delete=Stays("a proxy always has its default target group"),
)
row(
    "rds/proxyTarget:ProxyTarget",
    "rds.register_db_proxy_targets",
    id="{dbProxyName}/{targetGroupName}/RDS_INSTANCE/{dbInstanceIdentifier}",
    read="describe_db_proxy_targets(DBProxyName={dbProxyName}).Targets[0]",
    out="endpoint:Endpoint port:Port targetArn:TargetArn",
    rename="dbInstanceIdentifier:DBInstanceIdentifiers dbClusterIdentifier:DBClusterIdentifiers",
    delete=(
        "deregister_db_proxy_targets(DBProxyName={dbProxyName},TargetGroupName={targetGroupName},"
        "DBInstanceIdentifiers=[{dbInstanceIdentifier}])"
    ),
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
    reader=read_subscription,
    defaults={"enabled": True},
)
