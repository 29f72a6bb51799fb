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
    missing_operation="put_composite_alarm",
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
