"""RDS: subnet and parameter groups of instances, proxies and event subscriptions."""

from __future__ import annotations

from sandbox.provider.rows import Call, Stays, row

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
)
