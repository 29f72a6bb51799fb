"""CloudWatch: alarms and dashboards."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


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


_SUPPRESSOR = {
    "alarm": "actionsSuppressor",
    "waitPeriod": "actionsSuppressorWaitPeriod",
    "extensionPeriod": "actionsSuppressorExtensionPeriod",
}


def composite_alarm(context: Context, inputs: Inputs) -> Inputs:
    """The suppressor of the actions is three members of the API."""
    body = {key: value for key, value in inputs.items() if key != "actionsSuppressor"}
    suppressor = inputs.get("actionsSuppressor", {})
    return {**body, **{member: suppressor[key] for key, member in _SUPPRESSOR.items() if key in suppressor}}


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
    pre=composite_alarm,
    missing_operation="put_composite_alarm",
    keeps="the suppressor of a composite alarm's actions",
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
