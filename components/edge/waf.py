"""A web ACL with AWS managed rules and a rate limit, whose log contains no credentials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

import pulumi
from pulumi_aws import cloudwatch, wafv2

from components.kms import Keys
from components.options import child_of
from settings.names import Names
from settings.schema.edge import EdgeSettings, ManagedRuleGroup

RATE_WINDOW_S = 300
MANAGED_GROUPS: tuple[ManagedRuleGroup, ...] = get_args(ManagedRuleGroup)
# The rule blocks every body above 8 KB, which ordinary texts and pictures exceed: counted, not blocked.
COUNTED_RULES: dict[ManagedRuleGroup, tuple[str, ...]] = {
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)
}
REDACTED_HEADERS = ("authorization", "cookie")
# Samples show whole requests; redaction does not apply to them.
SAMPLED = False


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """The load balancer that a :class:`Firewall` protects."""

    settings: EdgeSettings
    names: Names
    keys: Keys
    load_balancer_arn: pulumi.Input[str]


class Firewall(pulumi.ComponentResource):
    """A web ACL on the load balancer, with an encrypted log."""

    web_acl_name: str
    """Name of the web ACL: the dimension of its CloudWatch metrics."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Firewall", name, None, opts)
        part = child_of(self)
        self.web_acl_name = args.names.part("edge")
        acl = wafv2.WebAcl(
            f"{name}-acl",
            name=self.web_acl_name,
            scope="REGIONAL",
            description="AWS managed rules and a rate limit",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            rules=[
                _rate_rule(args.settings.waf_rate_per_5_min),
                *(
                    _managed_rule(group, number, _counted_in(group, args.settings))
                    for number, group in enumerate(MANAGED_GROUPS, 1)
                ),
            ],
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True,
                sampled_requests_enabled=SAMPLED,
                metric_name=self.web_acl_name,
            ),
            opts=part,
        )
        wafv2.WebAclAssociation(
            f"{name}-association", resource_arn=args.load_balancer_arn, web_acl_arn=acl.arn, opts=part
        )
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            # WAF requires this prefix.
            name=f"aws-waf-logs-{args.names.part(args.names.environment)}",
            retention_in_days=args.settings.log_days,
            kms_key_id=args.keys.arns["logs"],
            opts=part,
        )
        wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[log_group.arn],
            redacted_fields=[
                wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                    single_header=wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
                )
                for header in REDACTED_HEADERS
            ],
            opts=part,
        )
        self.register_outputs({"webAclName": self.web_acl_name})


def _rule(
    name: str,
    priority: int,
    statement: wafv2.WebAclRuleStatementArgs,
    *,
    action: wafv2.WebAclRuleActionArgs | None = None,
    override: wafv2.WebAclRuleOverrideActionArgs | None = None,
) -> wafv2.WebAclRuleArgs:
    return wafv2.WebAclRuleArgs(
        name=name,
        priority=priority,
        action=action,
        override_action=override,
        statement=statement,
        visibility_config=wafv2.WebAclRuleVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True, sampled_requests_enabled=SAMPLED, metric_name=name
        ),
    )


def _rate_rule(limit: int) -> wafv2.WebAclRuleArgs:
    per_address = wafv2.WebAclRuleStatementRateBasedStatementArgs(
        limit=limit, aggregate_key_type="IP", evaluation_window_sec=RATE_WINDOW_S
    )
    return _rule(
        "rate",
        0,
        wafv2.WebAclRuleStatementArgs(rate_based_statement=per_address),
        action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
    )


def _counted_in(group: ManagedRuleGroup, settings: EdgeSettings) -> list[str]:
    return sorted({*COUNTED_RULES.get(group, ()), *settings.waf_counted_rules.get(group, ())})


def _managed_rule(group: str, priority: int, counted: Iterable[str]) -> wafv2.WebAclRuleArgs:
    """A managed rule group with its own actions, but for the rules that are only counted."""
    managed = wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
        vendor_name="AWS", name=group, rule_action_overrides=[*map(_counted, counted)]
    )
    return _rule(
        group,
        priority,
        wafv2.WebAclRuleStatementArgs(managed_rule_group_statement=managed),
        override=wafv2.WebAclRuleOverrideActionArgs(none=wafv2.WebAclRuleOverrideActionNoneArgs()),
    )


def _counted(rule: str) -> wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs:
    return wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
        name=rule,
        action_to_use=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
            count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
        ),
    )
