"""CloudWatch Logs: log groups, metric filters, saved queries, data protection and resource policies."""

from __future__ import annotations

from sandbox.provider.rows import Call, row

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
    missing_operation="put_query_definition",
    delete="delete_query_definition(queryDefinitionId={id})",
    update=(Call("put_query_definition", "queryDefinitionId={id}", "name queryString logGroupNames"),),
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
    missing_operation="put_data_protection_policy",
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
