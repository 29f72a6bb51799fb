"""Web ACLs: rules that act, log and count."""

from __future__ import annotations

from collections.abc import Iterator

from rules.aws.load_balancing.load_balancers import BALANCER, WAF_ASSOCIATION
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_set, on, part, parts, text
from rules.pack.rule import A, M, P, Resource, relate, require

ACL = "aws:wafv2/webAcl:WebAcl"
RULE_GROUP = "aws:wafv2/ruleGroup:RuleGroup"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
CERTIFICATE = "aws:acm/certificate:Certificate"
KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
_LOG4J = ("Log4JRCE", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_BODY", "Log4JRCE_URIPATH")


def rules(acl: Props) -> list[Props]:
    """The rules of a web ACL or rule group."""
    return parts(acl, "rules")


def managed(rule: Props) -> Props:
    """The managed group that a rule runs, if it does."""
    return part(part(rule, "statement"), "managedRuleGroupStatement")


def counts_only(rule: Props) -> bool:
    """Whether a whole managed group is set to count."""
    return is_set(part(rule, "overrideAction"), "count")


def _acts(rule: Props) -> bool:
    return any(is_set(rule, key) and len(part(rule, key)) > 0 for key in ("action", "overrideAction"))


def _stops_log4j(acl: Props) -> bool:
    return any(
        text(managed(rule), "name") == KNOWN_BAD
        and not counts_only(rule)
        and not any(text(one, "name") in _LOG4J for one in _softened(managed(rule)))
        for rule in rules(acl)
    )


def _softened(group: Props) -> Iterator[Props]:
    yield from parts(group, "excludedRules")
    for override in parts(group, "ruleActionOverrides"):
        if is_set(part(override, "actionToUse"), "count") or is_set(part(override, "actionToUse"), "allow"):
            yield override


def _metered(acl: Props) -> bool:
    return all(on(part(one, "visibilityConfig"), "cloudwatchMetricsEnabled") for one in (acl, *rules(acl)))


def _behind_log4j(balancer: Resource, stack: Stack) -> bool:
    acls = [
        acl
        for association in stack.referrers(balancer, WAF_ASSOCIATION, "resourceArn")
        for acl in stack.refers(association, "webAclArn", ACL)
    ]
    return on(balancer.props, "internal") or any(_stops_log4j(acl.props) for acl in acls)


RULES = [
    require(
        "waf-has-rules",
        M,
        ACL,
        "A web ACL has rules.",
        "add managed groups and a rate rule",
        lambda acl: bool(rules(acl)),
    ),
    require(
        "waf-rule-actions",
        M,
        (ACL, RULE_GROUP),
        "Every rule of a web ACL does something.",
        "set action, or override_action for a group",
        lambda acl: all(map(_acts, rules(acl))),
    ),
    require(
        "waf-log4j",
        M,
        ACL,
        "A web ACL stops Log4j exploits.",
        f"add {KNOWN_BAD} without counting its Log4JRCE rules",
        _stops_log4j,
    ),
    relate(
        "waf-log4j-alb",
        A,
        BALANCER,
        "Every load balancer's web ACL stops Log4j exploits.",
        f"associate an ACL with {KNOWN_BAD}",
        _behind_log4j,
    ),
    relate(
        "waf-logging",
        P,
        ACL,
        "What a web ACL decides is logged.",
        "add a logging configuration",
        lambda acl, stack: bool(stack.referrers(acl, LOGGING, "resourceArn")),
    ),
    require(
        "waf-metrics",
        A,
        (ACL, RULE_GROUP),
        "What a web ACL decides is counted.",
        "set cloudwatch_metrics_enabled on the ACL and each rule",
        _metered,
    ),
]
