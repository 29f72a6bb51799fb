"""Creates the load balancer, which rejects ambiguous requests, and the bucket of its access logs."""

from __future__ import annotations

import pulumi
from pulumi_aws import lb

from components.data import Bucket, BucketArgs
from components.network import Placement
from components.options import child_of
from iam_documents import Statement, allow
from settings.names import Names
from settings.schema.edge import EdgeSettings

LOG_PREFIX = "alb"
IDLE_TIMEOUT_S = 60


def load_balancer(
    owner: pulumi.Resource,
    name: str,
    *,
    names: Names,
    settings: EdgeSettings,
    placement: Placement,
    security_group_id: pulumi.Input[str],
) -> lb.LoadBalancer:
    """Give ``owner`` a load balancer in the subnets of ``placement``, and the bucket of its access log."""
    bucket = names.part(f"alb-logs-{names.account_id}")
    logs = Bucket(
        f"{name}-logs",
        # No KMS key: load balancers cannot write access logs to a bucket with SSE-KMS.
        BucketArgs(bucket=bucket, days=settings.log_days, statements=[_may_log(names, bucket)]),
        child_of(owner),
    )
    return lb.LoadBalancer(
        f"{name}-alb",
        name=names.part("alb"),
        load_balancer_type="application",
        internal=settings.internal,
        subnets=list(placement.subnet_ids),
        security_groups=[security_group_id],
        drop_invalid_header_fields=True,
        desync_mitigation_mode="defensive",
        enable_deletion_protection=settings.deletion_protection,
        enable_waf_fail_open=False,
        idle_timeout=IDLE_TIMEOUT_S,
        access_logs=lb.LoadBalancerAccessLogsArgs(enabled=True, bucket=logs.bucket, prefix=LOG_PREFIX),
        # The load balancer writes a test object before it accepts the setting.
        opts=child_of(owner, logs.ready),
    )


def _may_log(names: Names, bucket: str) -> Statement:
    return allow(
        "s3:PutObject",
        # The path names the account: AWS documents no source condition for this service.
        # Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        f"arn:aws:s3:::{bucket}/{LOG_PREFIX}/AWSLogs/{names.account_id}/*",
        sid="AccessLogs",
        principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
    )
