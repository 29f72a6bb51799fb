"""Saves the queries for incidents in CloudWatch Logs Insights, over the trail's log group."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch

from components.options import unprotected_child
from settings.names import Names
from settings.trail_queries import QUERIES, query_name


def save_queries(owner: pulumi.ComponentResource, names: Names, log_group: pulumi.Input[str]) -> None:
    """Give ``owner`` every saved query over the trail's log group."""
    for query, text in QUERIES.items():
        cloudwatch.QueryDefinition(
            f"{owner.pulumi_resource_name}-{query}",
            name=query_name(names, query),
            log_group_names=[log_group],
            query_string=text,
            opts=unprotected_child(owner),
        )
