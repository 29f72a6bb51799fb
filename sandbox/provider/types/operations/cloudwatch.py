"""Logs, metrics, alarms, events and the topics and queues they go to."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def metric_alarm(context: Context, inputs: Inputs) -> Inputs:
    """A metric inside a query is nested once more in the API."""
    queries = []
    for query in inputs.get("metricQueries", []):
        rest = {key: value for key, value in query.items() if key != "metric"}
        if metric := query.get("metric"):
            what = {key: metric[key] for key in ("metricName", "namespace", "dimensions") if key in metric}
            how = {key: metric[key] for key in ("period", "stat", "unit") if key in metric}
            rest["metricStat"] = {"metric": what, **how}
        queries.append(rest)
    body = {key: value for key, value in inputs.items() if key != "metricQueries"}
    return {**body, **({"metrics": queries} if queries else {})}


def event_target(context: Context, inputs: Inputs) -> Inputs:
    """One target is a list of one."""
    body = {key: value for key, value in inputs.items() if key not in ("rule", "eventBusName")}
    if "runCommandTargets" in body:
        body["runCommandParameters"] = {"runCommandTargets": body.pop("runCommandTargets")}
    return {**{key: inputs[key] for key in ("rule", "eventBusName") if key in inputs}, "targets": [body]}


row(
    "cloudwatch/logGroup:LogGroup",
    "logs.create_log_group",
    id="{name}",
    read="describe_log_groups(logGroupNamePrefix={id}).logGroups[?logGroupName=='{id}']|[0]",
    out="arn=arn:{p}:logs:{r}:{a}:log-group:{id}",
    name="name",
    rename="name:logGroupName",
    skip="skipDestroy",
    after=(Call("put_retention_policy", "logGroupName={id}", "retentionInDays"),),
    delete="delete_log_group(logGroupName={id})",
    replace="name",
    update=(Call("associate_kms_key", "logGroupName={id}", "kmsKeyId"),),
)
row(
    "cloudwatch/logMetricFilter:LogMetricFilter",
    "logs.put_metric_filter",
    id="{name}",
    read="describe_metric_filters(logGroupName={logGroupName},filterNamePrefix={name}).metricFilters[0]",
    name="name",
    rename=(
        "name:filterName pattern:filterPattern metricTransformation:metricTransformations "
        "metricTransformation.name:metricName metricTransformation.namespace:metricNamespace "
        "metricTransformation.value:metricValue"
    ),
    put=True,
    delete="delete_metric_filter(logGroupName={logGroupName},filterName={name})",
    replace="name logGroupName",
)
row(
    "cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "logs.put_subscription_filter",
    id="{name}",
    read="describe_subscription_filters(logGroupName={logGroup}).subscriptionFilters[0]",
    name="name",
    rename="name:filterName logGroup:logGroupName",
    put=True,
    delete="delete_subscription_filter(logGroupName={logGroup},filterName={name})",
    replace="name logGroup",
)
row(
    "cloudwatch/queryDefinition:QueryDefinition",
    "logs.put_query_definition",
    id="queryDefinitionId",
    read="describe_query_definitions().queryDefinitions[?queryDefinitionId=='{id}']|[0]",
    out="queryDefinitionId={id}",
    name="name",
    absent="put_query_definition",
    delete="delete_query_definition(queryDefinitionId={id})",
    update=(Call("put_query_definition", "queryDefinitionId={id}", "name queryString logGroupNames"),),
)
row(
    "cloudwatch/metricAlarm:MetricAlarm",
    "cloudwatch.put_metric_alarm",
    id="{name}",
    read="describe_alarms(AlarmNames=[{id}]).MetricAlarms[0]",
    out="arn:AlarmArn",
    name="name",
    rename="name:AlarmName okActions:OKActions",
    pre=metric_alarm,
    put=True,
    delete="delete_alarms(AlarmNames=[{id}])",
    replace="name",
)
row(
    "cloudwatch/compositeAlarm:CompositeAlarm",
    "cloudwatch.put_composite_alarm",
    id="{alarmName}",
    read="describe_alarms(AlarmNames=[{id}],AlarmTypes=[CompositeAlarm]).CompositeAlarms[0]",
    out="arn:AlarmArn",
    rename="okActions:OKActions",
    absent="put_composite_alarm",
    put=True,
    delete="delete_alarms(AlarmNames=[{id}])",
    replace="alarmName",
)
row(
    "cloudwatch/dashboard:Dashboard",
    "cloudwatch.put_dashboard",
    id="{dashboardName}",
    read="get_dashboard(DashboardName={id}).@",
    out="dashboardArn:DashboardArn",
    put=True,
    delete="delete_dashboards(DashboardNames=[{id}])",
    replace="dashboardName",
)
row(
    "cloudwatch/eventRule:EventRule",
    "events.put_rule",
    id="{name}",
    read="describe_rule(Name={id}).@",
    out="arn:Arn",
    name="name",
    skip="forceDestroy isEnabled",
    put=True,
    delete="delete_rule(Name={id})",
    replace="name eventBusName",
)
row(
    "cloudwatch/eventTarget:EventTarget",
    "events.put_targets",
    id="{rule}-{targetId}",
    read="list_targets_by_rule(Rule={rule}).Targets[?Id=='{targetId}']|[0]",
    name="targetId",
    rename=(
        "targets.targetId:Id targets.ecsTarget:EcsParameters targets.sqsTarget:SqsParameters "
        "targets.inputTransformer.inputPaths:InputPathsMap"
    ),
    skip="forceDestroy",
    pre=event_target,
    put=True,
    delete="remove_targets(Rule={rule},Ids=[{targetId}])",
    replace="rule targetId",
)
row(
    "cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
    "logs.put_data_protection_policy",
    id="{logGroupName}",
    read="get_data_protection_policy(logGroupIdentifier={id}).@",
    rename="logGroupName:logGroupIdentifier",
    put=True,
    replace="logGroupName",
    delete="delete_data_protection_policy(logGroupIdentifier={id})",
    absent="put_data_protection_policy",
)
row(
    "cloudwatch/logResourcePolicy:LogResourcePolicy",
    "logs.put_resource_policy",
    id="{policyName}",
    read="describe_resource_policies().resourcePolicies[?policyName=='{id}']|[0]",
    put=True,
    replace="policyName resourceArn",
    delete="delete_resource_policy(policyName={id})",
)
