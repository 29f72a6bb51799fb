"""Changes by hand to the load balancer, its certificate, its web ACL and its name."""

from __future__ import annotations

from typing import Any

from tests.ops.checks.verify.attachments.plants.plant import Plant
from tests.ops.live import Live, Undo

LISTENER, TARGETS, CERTIFICATE, ACL = (
    "aws:lb/listener:Listener",
    "aws:lb/targetGroup:TargetGroup",
    "aws:acm/certificate:Certificate",
    "aws:wafv2/webAcl:WebAcl",
)
ACL_LOG = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
RECORD = "aws:route53/record:Record"


def listener(live: Live) -> dict[str, Any]:
    """The HTTPS listener."""
    client = live.client("elbv2")
    balancer = client.describe_load_balancers(Names=["aiponge-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    found = client.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    return next(one for one in found if one["Port"] == 443)


def _rule(live: Live) -> Undo:
    client, https = live.client("elbv2"), listener(live)
    made = client.create_rule(
        ListenerArn=https["ListenerArn"],
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/by-hand"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )["Rules"][0]["RuleArn"]
    return lambda: client.delete_rule(RuleArn=made)


def _certificate(live: Live) -> Undo:
    client, https = live.client("elbv2"), listener(live)
    arn = live.sandbox.client("acm").request_certificate(DomainName="by-hand.example.com")["CertificateArn"]
    given = {"ListenerArn": https["ListenerArn"], "Certificates": [{"CertificateArn": arn}]}
    client.add_listener_certificates(**given)
    return lambda: client.remove_listener_certificates(**given)


def _target(live: Live) -> Undo:
    client = live.client("elbv2")
    group = client.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    targets = [{"Id": "203.0.113.9", "Port": 443, "AvailabilityZone": "all"}]
    client.register_targets(TargetGroupArn=group, Targets=targets)
    return lambda: client.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "203.0.113.9"}])


def _stored_certificate(live: Live) -> Any:
    arn = listener(live)["Certificates"][0]["CertificateArn"]
    return live.backend("acm")._certificates[arn]


def _used(live: Live) -> Undo:
    stored = _stored_certificate(live)
    other = "arn:aws:elasticloadbalancing:eu-west-1:222233334444:loadbalancer/app/other/0123456789abcdef"
    stored.in_use_by.append(other)
    return lambda: stored.in_use_by.remove(other)


def _exportable(live: Live) -> Undo:
    from sandbox.moto.services.network import acm

    arn = listener(live)["Certificates"][0]["CertificateArn"]
    live.touched.add("acm")
    acm.EXPORTABLE.add(arn)
    return lambda: acm.EXPORTABLE.discard(arn)


def _acl(live: Live) -> Any:
    acls = live.backend("wafv2").wacls
    return next(one for one in acls.values() if one.name == "aiponge-edge")


def _acl_rule(live: Live) -> Undo:
    acl = _acl(live)
    rule = {
        "Name": "by-hand",
        "Priority": 99,
        "Action": {"Allow": {}},
        "Statement": {"GeoMatchStatement": {"CountryCodes": ["FR"]}},
        "VisibilityConfig": {
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": False,
            "MetricName": "by-hand",
        },
    }
    client, given = live.client("wafv2"), {"Name": acl.name, "Scope": "REGIONAL", "Id": acl.id}

    def put(rules: list[Any]) -> None:
        found = client.get_web_acl(**given)
        same = {key: found["WebACL"][key] for key in ("DefaultAction", "VisibilityConfig")}
        client.update_web_acl(**given, **same, LockToken=found["LockToken"], Rules=rules)

    before = client.get_web_acl(**given)["WebACL"]["Rules"]
    put([*before, rule])
    return lambda: put(before)


def _acl_log(live: Live) -> Undo:
    client, arn = live.client("wafv2"), _acl(live).arn
    before = client.get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]
    elsewhere = "arn:aws:s3:::aws-waf-logs-by-hand"
    client.put_logging_configuration(LoggingConfiguration={**before, "LogDestinationConfigs": [elsewhere]})
    return lambda: client.put_logging_configuration(LoggingConfiguration=before)


def _record(live: Live) -> Undo:
    client, edge = live.client("route53"), live.settings.edge
    assert edge
    record = {
        "Name": edge.domain,
        "Type": "AAAA",
        "TTL": 60,
        "ResourceRecords": [{"Value": "2001:db8::9"}],
    }

    def change(action: str) -> None:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        client.change_resource_record_sets(HostedZoneId=edge.zone_id, ChangeBatch=batch)

    change("CREATE")
    return lambda: change("DELETE")


PLANTS = (
    Plant(LISTENER, "rule", _rule, "has an undeclared rule with priority 1"),
    Plant(LISTENER, "certificate", _certificate, "has the undeclared certificate arn:aws:acm"),
    Plant(TARGETS, "target", _target, "sends requests to 203.0.113.9"),
    Plant(CERTIFICATE, "other user", _used, "is also used by arn:aws:elasticloadbalancing"),
    Plant(CERTIFICATE, "exportable private key", _exportable, "its private key can be exported"),
    Plant(ACL, "rule", _acl_rule, "has the undeclared rule by-hand"),
    Plant(ACL_LOG, "other destination", _acl_log, "its log is written to arn:aws:s3:::aws-waf-logs-by-hand"),
    Plant(RECORD, "other record of the name", _record, "its AAAA record leads to 2001:db8::9"),
)
