"""Tests of the load balancer's checks: each manual change is found."""

from __future__ import annotations

from typing import Any

import pytest

from ops.checks.verify.network.load_balancer import modern
from tests.ops.checks.verify.network.lookups import LOAD_BALANCER, balancer_arn
from tests.ops.live import Live, Make, Undo


def _listener(live: Live, port: int) -> dict[str, Any]:
    listed = live.client("elbv2").describe_listeners(LoadBalancerArn=balancer_arn(live))["Listeners"]
    return next(one for one in listed if one["Port"] == port)


def _attribute(key: str, value: str) -> Make:
    def make(live: Live) -> Undo:
        elb, arn = live.client("elbv2"), balancer_arn(live)
        described = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        before = {one["Key"]: one["Value"] for one in described}

        def put(given: str) -> None:
            pair = {"Key": key, "Value": given}
            elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[pair])

        put(value)
        return lambda: put(before[key])

    return make


def old_tls(live: Live) -> Undo:
    elb, listener = live.client("elbv2"), _listener(live, 443)
    arn, before = listener["ListenerArn"], listener["SslPolicy"]
    elb.modify_listener(ListenerArn=arn, SslPolicy="ELBSecurityPolicy-2016-08")
    return lambda: elb.modify_listener(ListenerArn=arn, SslPolicy=before)


def http_served(live: Live) -> Undo:
    elb, listener = live.client("elbv2"), _listener(live, 80)
    arn, before = listener["ListenerArn"], listener["DefaultActions"]
    elb.modify_listener(ListenerArn=arn, DefaultActions=_listener(live, 443)["DefaultActions"])
    return lambda: elb.modify_listener(ListenerArn=arn, DefaultActions=before)


def third_listener(live: Live) -> Undo:
    elb, like = live.client("elbv2"), _listener(live, 80)
    made = elb.create_listener(
        LoadBalancerArn=balancer_arn(live), Port=8080, Protocol="HTTP", DefaultActions=like["DefaultActions"]
    )["Listeners"][0]["ListenerArn"]
    return lambda: elb.delete_listener(ListenerArn=made)


def public_log_bucket(live: Live) -> Undo:
    s3, bucket = live.client("s3"), f"aiponge-alb-logs-{live.settings.account_id}"
    before = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=bucket)
    return lambda: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=before)


def log_bucket_without_tls(live: Live) -> Undo:
    s3, bucket = live.client("s3"), f"aiponge-alb-logs-{live.settings.account_id}"
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    return lambda: s3.put_bucket_policy(Bucket=bucket, Policy=before)


def second_door(live: Live) -> Undo:
    elb = live.client("elbv2")
    found = elb.describe_load_balancers(Names=[LOAD_BALANCER])["LoadBalancers"][0]
    made = elb.create_load_balancer(
        Name="by-hand", Subnets=[zone["SubnetId"] for zone in found["AvailabilityZones"]]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    return lambda: elb.delete_load_balancer(LoadBalancerArn=made)


A1, A53 = pytest.mark.accepts("A1"), pytest.mark.accepts("A53")
SLIPS = [
    pytest.param(old_tls, "edge-listeners", marks=A1),
    pytest.param(http_served, "edge-listeners", marks=A53),
    pytest.param(third_listener, "edge-listeners", marks=A53),
    pytest.param(second_door, "edge-present", marks=A53),
    pytest.param(
        _attribute("routing.http.drop_invalid_header_fields.enabled", "false"),
        "edge-attributes",
        marks=A53,
        id="malformed_headers",
    ),
    pytest.param(
        _attribute("access_logs.s3.enabled", "false"), "edge-attributes", marks=A53, id="no_access_log"
    ),
    pytest.param(public_log_bucket, "edge-log-bucket", marks=A53),
    pytest.param(log_bucket_without_tls, "edge-log-bucket", marks=A53),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_load_balancer_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.accepts("A1")
@pytest.mark.parametrize(
    ("policy", "good"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", True),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", True),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", True),
        ("ELBSecurityPolicy-TLS13-1-1-2021-06", False),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", False),
        ("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", False),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", False),
    ],
)
def test_only_policies_without_old_tls_pass(policy: str, good: bool) -> None:
    assert modern(policy) is good
