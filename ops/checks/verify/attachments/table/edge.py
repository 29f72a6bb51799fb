"""Attachments of the load balancer, its certificate, its web ACL and its DNS records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

from ops.checks.verify.attachments.listener_rules import undeclared_rule
from ops.checks.verify.attachments.network_resources import (
    balancers,
    certificates,
    listeners,
    target_groups,
    web_acls,
)
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    described,
)
from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.network.waf import MANAGED_RULES
from ops.core.aws_state import AwsState, Item
from ops.core.resources.host_group import host_group

RATE_RULE = "rate"


def _rules(aws: AwsState, listener: Resource) -> Iterator[Item]:
    yield from aws.list("elbv2", "describe_rules", "Rules", **listener.params)


def _certificates(aws: AwsState, listener: Resource) -> Iterator[Item]:
    if listener.item.get("Protocol") == "HTTPS":
        yield from aws.list("elbv2", "describe_listener_certificates", "Certificates", **listener.params)


def _certificate(aws: AwsState, listener: Resource, item: Item) -> str | None:
    default = listener.item.get("Certificates", [])[:1]
    arn = item["CertificateArn"]
    known = item.get("IsDefault") or arn in {one["CertificateArn"] for one in default}
    return None if known else f"has the undeclared certificate {arn}"


def _targets(aws: AwsState, group: Resource) -> Iterator[Item]:
    answer = aws.ask("elbv2", "describe_target_health", **group.params)
    yield from (one["Target"] for one in answer["TargetHealthDescriptions"])


def _target(aws: AwsState, group: Resource, target: Item) -> str | None:
    id_ = str(target["Id"])
    if group.item.get("TargetType") == "ip":
        address = ip_address(id_)
        private = (ip_network(one["CidrBlock"]) for one in subnets(aws, "private"))
        known = any(address in block for block in private)
    else:
        known = id_ in {one.name for one in _hosts(aws)}
    return None if known else f"sends requests to {id_}, which is no declared target"


def _hosts(aws: AwsState) -> Iterator[Resource]:
    for one in (host_group(aws) or {}).get("Instances", []):
        yield Resource(one["InstanceId"])


def _used(aws: AwsState, certificate: Resource, arn: str) -> str | None:
    ours = {one.item["LoadBalancerArn"] for one in balancers(aws)}
    return None if arn in ours else f"is also used by {arn}"


def _exported(aws: AwsState, certificate: Resource, item: Item) -> str | None:
    return "its private key can be exported" if item.get("Export") == "ENABLED" else None


def _acl_rule(aws: AwsState, acl: Resource, rule: Item) -> str | None:
    name = rule["Name"]
    if name in (RATE_RULE, *MANAGED_RULES):
        return None
    return f"has the undeclared rule {name}, which may let requests pass the others"


def _acl_log(aws: AwsState, acl: Resource) -> Iterator[str]:
    answer = aws.list("wafv2", "list_logging_configurations", "LoggingConfigurations", Scope="REGIONAL")
    for one in answer:
        if one["ResourceArn"] == acl.item["ARN"]:
            yield from one["LogDestinationConfigs"]


def _log(aws: AwsState, acl: Resource, arn: str) -> str | None:
    group = f"aws-waf-logs-{aws.names.part(aws.names.environment)}"
    ours = f"arn:aws:logs:{aws.settings.region}:{aws.settings.account_id}:log-group:{group}"
    return None if arn.removesuffix(":*") == ours else f"its log is written to {arn}"


def _records(aws: AwsState) -> Iterator[Resource]:
    edge = aws.settings.edge
    if edge and edge.zone_id and edge.domain:
        for domain in (edge.domain, *edge.other_domains):
            yield Resource(domain, {"HostedZoneId": edge.zone_id})


def _record_sets(aws: AwsState, domain: Resource) -> Iterator[Item]:
    for one in aws.list("route53", "list_resource_record_sets", "ResourceRecordSets", **domain.params):
        if one["Name"].rstrip(".") == domain.name and one["Type"] in ("A", "AAAA", "CNAME", "HTTPS"):
            yield one


def _record(aws: AwsState, domain: Resource, item: Item) -> str | None:
    target = str((item.get("AliasTarget") or {}).get("DNSName", "")).rstrip(".").lower()
    ours = {str(one.item["DNSName"]).lower() for one in balancers(aws)}
    if target.removeprefix("dualstack.") in ours:
        return None
    values = [one["Value"] for one in item.get("ResourceRecords", [])]
    return f"its {item['Type']} record leads to {target or ', '.join(values)}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:lb/loadBalancer:LoadBalancer": (
        Checked("listener", "edge-listeners"),
        Checked("security group or subnet", "edge-present"),
        Checked("access log or other attribute", "edge-attributes"),
        Checked("web ACL", "edge-firewall"),
        Checked("other load balancer in front of it", "edge-present"),
        Unread(
            "Global Accelerator",
            "its calls are answered in us-west-2 only, which the boundary of the roles denies",
        ),
    ),
    "aws:lb/listenerRule:ListenerRule": (Checked("undeclared rule of the listener", "attached-lb"),),
    "aws:lb/listener:Listener": (
        Read("rule", listeners, _rules, undeclared_rule, "delete it with `aws elbv2 delete-rule`"),
        Read(
            "certificate",
            listeners,
            _certificates,
            _certificate,
            "remove it with `aws elbv2 remove-listener-certificates`",
        ),
    ),
    "aws:lb/targetGroup:TargetGroup": (
        Read(
            "target",
            target_groups,
            _targets,
            _target,
            "deregister it with `aws elbv2 deregister-targets`: it may have received requests of users",
        ),
        Checked("other target group", "edge-target"),
    ),
    "aws:acm/certificate:Certificate": (
        Read(
            "other user",
            certificates,
            described("InUseBy"),
            _used,
            "take it from that resource, or give that its own certificate",
        ),
        Read(
            "exportable private key",
            certificates,
            described("Options"),
            _exported,
            "replace the certificate, and revoke it with `aws acm revoke-certificate`",
        ),
        Checked("status", "edge-certificate"),
    ),
    "aws:acm/certificateValidation:CertificateValidation": (
        Nothing("it is the wait for a certificate, not a resource"),
    ),
    "aws:wafv2/webAcl:WebAcl": (
        Read("rule", web_acls, described("Rules"), _acl_rule, "run `pulumi up --refresh`"),
        Checked("rule that only counts", "edge-firewall"),
        Unread("other protected resource", "it changes nothing for the load balancer"),
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": (Checked("removal", "edge-firewall"),),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (
        Read("other destination", web_acls, _acl_log, _log, "run `pulumi up --refresh`"),
        Checked("redacted headers", "edge-firewall-log"),
    ),
    "aws:route53/record:Record": (
        Read(
            "other record of the name",
            _records,
            _record_sets,
            _record,
            "delete it, or run `pulumi up --refresh`: it decides where requests of users go",
        ),
    ),
}
