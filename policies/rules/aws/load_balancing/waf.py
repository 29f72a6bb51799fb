"""AWS WAF web ACLs: rules, managed rule groups, logging and metrics."""

from __future__ import annotations

from collections.abc import Iterator

from rules.aws.load_balancing.load_balancers import is_application
from rules.lib.resource_types import (
    LOAD_BALANCER,
    WAF_RULE_GROUP,
    WEB_ACL,
    WEB_ACL_ASSOCIATION,
    WEB_ACL_LOGGING,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, on, part, parts, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
_LOG4J = ("Log4JRCE", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_BODY", "Log4JRCE_URIPATH")


def rules(acl: Props) -> list[Props]:
    """The rules of a web ACL or rule group."""
    return parts(acl, "rules")


def managed(rule: Props) -> Props:
    """The managed rule group statement of a rule, empty when it has none."""
    return part(part(rule, "statement"), "managedRuleGroupStatement")


def counts_only(rule: Props) -> bool:
    """Whether the action of a whole managed rule group is overridden with Count."""
    return is_set(part(rule, "overrideAction"), "count")


def _acts(rule: Props) -> bool:
    return any(is_set(rule, key) and len(part(rule, key)) > 0 for key in ("action", "overrideAction"))


def _stops_log4j(acl: Props) -> bool:
    return any(
        text(managed(rule), "name") == KNOWN_BAD
        and not counts_only(rule)
        and not is_set(managed(rule), "scopeDownStatement")
        and not any(text(one, "name") in _LOG4J for one in _counting_overrides(managed(rule)))
        for rule in rules(acl)
    )


def _counting_overrides(group: Props) -> Iterator[Props]:
    yield from parts(group, "excludedRules")
    for override in parts(group, "ruleActionOverrides"):
        if is_set(part(override, "actionToUse"), "count") or is_set(part(override, "actionToUse"), "allow"):
            yield override


def _metered(acl: Props) -> bool:
    return all(on(part(one, "visibilityConfig"), "cloudwatchMetricsEnabled") for one in (acl, *rules(acl)))


def _behind_log4j(balancer: Resource, stack: Stack) -> bool:
    acls = [
        acl
        for association in stack.referrers(balancer, WEB_ACL_ASSOCIATION, "resourceArn")
        for acl in stack.refers(association, "webAclArn", WEB_ACL)
    ]
    reachable = is_application(balancer.props) and not on(balancer.props, "internal")
    return not reachable or any(_stops_log4j(acl.props) for acl in acls)


RULES = [
    resource_rule(
        "waf-has-rules",
        M,
        WEB_ACL,
        "A web ACL has rules.",
        "add managed rule groups and a rate-based rule",
        holds=lambda acl: bool(rules(acl)),
    ),
    resource_rule(
        "waf-rule-actions",
        M,
        (WEB_ACL, WAF_RULE_GROUP),
        "Every rule of a web ACL has an action.",
        "set action, or override_action for a rule group",
        holds=lambda acl: all(map(_acts, rules(acl))),
    ),
    resource_rule(
        "waf-log4j",
        M,
        WEB_ACL,
        "A web ACL blocks Log4j exploits.",
        f"add {KNOWN_BAD} and leave its Log4JRCE rules on Block, without a scope-down statement",
        holds=_stops_log4j,
    ),
    stack_rule(
        "waf-log4j-alb",
        A,
        LOAD_BALANCER,
        "The web ACL of every load balancer blocks Log4j exploits.",
        f"associate a web ACL that has {KNOWN_BAD}",
        holds=_behind_log4j,
    ),
    stack_rule(
        "waf-logging",
        P,
        WEB_ACL,
        "A web ACL has logging.",
        "add a WebAclLoggingConfiguration",
        holds=lambda acl, stack: bool(stack.referrers(acl, WEB_ACL_LOGGING, "resourceArn")),
    ),
    resource_rule(
        "waf-metrics",
        A,
        (WEB_ACL, WAF_RULE_GROUP),
        "A web ACL and its rules have CloudWatch metrics.",
        "set cloudwatch_metrics_enabled=True on the web ACL and on each rule",
        holds=_metered,
    ),
]
