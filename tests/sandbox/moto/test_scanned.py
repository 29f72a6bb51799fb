"""Tests of answers that AWS gives, and that only a scanner of accounts asks for."""

from __future__ import annotations

import boto3
import pytest


def test_a_web_acl_lists_its_load_balancers(session: boto3.Session) -> None:
    waf, acl = session.client("wafv2"), {"Name": "edge", "Scope": "REGIONAL"}
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "edge"}
    made = waf.create_web_acl(**acl, DefaultAction={"Allow": {}}, VisibilityConfig=seen)["Summary"]["ARN"]
    assert waf.list_resources_for_web_acl(WebACLArn=made)["ResourceArns"] == []
    balancer = "arn:aws:elasticloadbalancing:eu-west-1:400000000001:loadbalancer/app/edge/1"
    waf.associate_web_acl(WebACLArn=made, ResourceArn=balancer)
    assert waf.list_resources_for_web_acl(WebACLArn=made)["ResourceArns"] == [balancer]


@pytest.mark.parametrize("interval", [0, 60])
def test_an_instance_with_enhanced_monitoring_names_its_log_stream(
    session: boto3.Session, interval: int
) -> None:
    rds = session.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="one",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="master",
        MasterUserPassword="long-enough",
        MonitoringInterval=interval,
        **({"MonitoringRoleArn": "arn:aws:iam::400000000001:role/monitoring"} if interval else {}),
    )
    (found,) = rds.describe_db_instances()["DBInstances"]
    assert ("EnhancedMonitoringResourceArn" in found) is (interval == 60)


def test_a_trail_that_logs_to_a_log_group_has_delivered_to_it(session: boto3.Session) -> None:
    session.client("s3").create_bucket(
        Bucket="trail-400", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    trail = session.client("cloudtrail")
    group = "arn:aws:logs:eu-west-1:400000000001:log-group:trail:*"
    role = "arn:aws:iam::400000000001:role/trail"
    trail.create_trail(
        Name="one", S3BucketName="trail-400", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role
    )
    assert "LatestCloudWatchLogsDeliveryTime" not in trail.get_trail_status(Name="one")
    trail.start_logging(Name="one")
    assert "LatestCloudWatchLogsDeliveryTime" in trail.get_trail_status(Name="one")
