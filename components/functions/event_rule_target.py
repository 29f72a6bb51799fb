"""Lets an EventBridge rule invoke a function."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch, lambda_

from components.functions.lambda_function import Function
from settings.names import Names


def invoke(
    permission: str,
    target: str,
    *,
    rule: cloudwatch.EventRule,
    function: Function,
    names: Names,
    opts: pulumi.ResourceOptions,
) -> None:
    """Give the rule the function as target, and the right to invoke it, under these resource names."""
    lambda_.Permission(
        permission,
        function=function.name,
        action="lambda:InvokeFunction",
        principal="events.amazonaws.com",
        source_arn=rule.arn,
        source_account=names.account_id,
        opts=opts,
    )
    cloudwatch.EventTarget(target, rule=rule.name, arn=function.arn, opts=opts)
