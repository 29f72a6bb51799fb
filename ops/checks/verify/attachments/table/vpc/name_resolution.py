"""Attachments of the VPC that decide how names are resolved in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.network_resources import vpcs
from ops.checks.verify.attachments.row import (
    Call,
    Read,
    Resource,
    Row,
    always,
)
from ops.core.aws_state import AwsState, Item

_GONE = ("deleted", "deleting", "rejected", "expired", "failed", "detached", "disassociated")
_DNS = "AmazonProvidedDNS"


def _options(aws: AwsState, vpc: Resource) -> Iterator[str]:
    """The name servers that instances of the VPC are given."""
    id_ = vpc.item.get("DhcpOptionsId")
    if not id_ or id_ == "default":
        return
    for one in aws.list("ec2", "describe_dhcp_options", "DhcpOptions", DhcpOptionsIds=[id_]):
        for option in one.get("DhcpConfigurations", []):
            if option["Key"] == "domain-name-servers":
                yield from (value["Value"] for value in option["Values"])


def _zones(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    """Private hosted zones of the VPC; those that a service of AWS owns have no owning account."""
    found = aws.list(
        "route53",
        "list_hosted_zones_by_vpc",
        "HostedZoneSummaries",
        VPCId=vpc.name,
        VPCRegion=aws.settings.region,
    )
    yield from (one for one in found if not one.get("Owner", {}).get("OwningService"))


def _resolver(call: str, member: str, name: str) -> Call:
    """What Route 53 Resolver lists for the VPC."""

    def read(aws: AwsState, vpc: Resource) -> Iterator[Item]:
        filters = [{"Name": name, "Values": [vpc.name]}]
        yield from aws.list("route53resolver", call, member, Filters=filters)

    return read


def _rule(aws: AwsState, vpc: Resource, item: Item) -> str | None:
    id_ = item["ResolverRuleId"]
    # Route 53 associates this rule with every VPC, and its name cannot be chosen.
    return None if id_.startswith("rslvr-autodefined-") else f"resolves names by the undeclared rule {id_}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:ec2/vpc:Vpc": (
        Read(
            "DHCP options",
            vpcs,
            _options,
            lambda aws, one, server: None if server == _DNS else f"names are resolved by {server}",
            "run `aws ec2 associate-dhcp-options --dhcp-options-id default`",
        ),
        Read(
            "private hosted zone",
            vpcs,
            _zones,
            always("resolves the names of the undeclared zone {Name}"),
            "remove it with `aws route53 disassociate-vpc-from-hosted-zone`",
        ),
        Read(
            "Resolver rule",
            vpcs,
            _resolver("list_resolver_rule_associations", "ResolverRuleAssociations", "VPCId"),
            _rule,
            "remove it with `aws route53resolver disassociate-resolver-rule`",
        ),
        Read(
            "Resolver query log",
            vpcs,
            _resolver(
                "list_resolver_query_log_config_associations",
                "ResolverQueryLogConfigAssociations",
                "ResourceId",
            ),
            always("its name queries are logged by the undeclared {ResolverQueryLogConfigId}"),
            "remove it with `aws route53resolver disassociate-resolver-query-log-config`",
        ),
        Read(
            "DNS firewall",
            vpcs,
            lambda aws, one: aws.list(
                "route53resolver",
                "list_firewall_rule_group_associations",
                "FirewallRuleGroupAssociations",
                VpcId=one.name,
            ),
            always("its names are answered by the undeclared DNS firewall {FirewallRuleGroupId}"),
            "remove it with `aws route53resolver disassociate-firewall-rule-group`",
        ),
    ),
}
