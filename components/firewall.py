"""Requests pass known-attack rules and a rate limit before the door opens; no credential is logged."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, wafv2

from components.keys import Keys
from components.options import child_of
from settings.names import Names
from settings.outside import EdgeSettings

RATE_WINDOW_S = 300
MANAGED_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
# The group refuses every body above 8 KB, which is an ordinary text or picture here: counted, not blocked.
COUNTED_RULES = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
REDACTED_HEADERS = ("authorization", "cookie")


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """What a :class:`Firewall` stands before."""

    settings: EdgeSettings
    names: Names
    keys: Keys
    load_balancer_arn: pulumi.Input[str]


class Firewall(pulumi.ComponentResource):
    """A web ACL on the load balancer, with an encrypted log."""

    web_acl_name: str
    """By which its metrics are kept."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Firewall", name, None, opts)
        part = child_of(self)
        self.web_acl_name = args.names.part("edge")
        acl = wafv2.WebAcl(
            f"{name}-acl",
            name=self.web_acl_name,
            scope="REGIONAL",
            description="Known attacks and floods",
            default_action={"allow": {}},
            rules=[
                _rate_rule(args.settings.waf_rate_per_5_min),
                *(_managed_rule(group, number) for number, group in enumerate(MANAGED_GROUPS, 1)),
            ],
            visibility_config=_visible(self.web_acl_name),
            opts=part,
        )
        wafv2.WebAclAssociation(
            f"{name}-association", resource_arn=args.load_balancer_arn, web_acl_arn=acl.arn, opts=part
        )
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            # WAF writes to no group whose name begins otherwise.
            name=f"aws-waf-logs-{args.names.part(args.names.environment)}",
            retention_in_days=args.settings.log_days,
            kms_key_id=args.keys.arns["logs"],
            opts=part,
        )
        wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[log_group.arn],
            redacted_fields=[{"single_header": {"name": header}} for header in REDACTED_HEADERS],
            opts=part,
        )
        self.register_outputs({"webAclName": self.web_acl_name})


def _visible(metric: str) -> wafv2.WebAclVisibilityConfigArgs:
    """Metrics, but no samples: those show whole requests, and redaction does not reach them."""
    return wafv2.WebAclVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, sampled_requests_enabled=False, metric_name=metric
    )


def _rate_rule(limit: int) -> wafv2.WebAclRuleArgs:
    return wafv2.WebAclRuleArgs(
        name="rate",
        priority=0,
        action={"block": {}},
        statement={
            "rate_based_statement": {
                "limit": limit,
                "aggregate_key_type": "IP",
                "evaluation_window_sec": RATE_WINDOW_S,
            }
        },
        visibility_config=_visible("rate"),
    )


def _managed_rule(group: str, priority: int) -> wafv2.WebAclRuleArgs:
    return wafv2.WebAclRuleArgs(
        name=group,
        priority=priority,
        override_action={"none": {}},
        statement={
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": group,
                "rule_action_overrides": [
                    {"name": rule, "action_to_use": {"count": {}}} for rule in COUNTED_RULES.get(group, ())
                ],
            }
        },
        visibility_config=_visible(group),
    )
