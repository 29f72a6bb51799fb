"""Checks the load balancer's web ACL: managed rule groups, rate limit and logging."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ops.checks.verify.network.load_balancer import running
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from ops.core.session import error_code

MANAGED_RULES = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)


@check("edge-firewall", "A53")
def firewall(aws: AwsState) -> Iterator[Problem]:
    """The load balancer has a web ACL with the managed rule groups and the rate limit."""
    edge = aws.settings.edge
    if edge is None or not edge.waf:
        return
    for one, name in running(aws):
        acl = _acl(aws, one)
        if acl is None:
            yield Problem(name, "has no web ACL", BY_PROGRAM)
            continue
        blocking = {
            rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
            for rule in acl["Rules"]
            if "ManagedRuleGroupStatement" in rule["Statement"]
            and "Count" not in rule.get("OverrideAction", {})
        }
        for rule in MANAGED_RULES:
            if rule not in blocking:
                yield Problem(name, f"its web ACL does not block with {rule}", BY_PROGRAM)
        limits = [
            rule["Statement"]["RateBasedStatement"]["Limit"]
            for rule in acl["Rules"]
            if "RateBasedStatement" in rule["Statement"] and "Block" in rule.get("Action", {})
        ]
        if not limits or min(limits) > edge.waf_rate_per_5_min:
            yield Problem(
                name,
                f"its web ACL does not limit the rate to {edge.waf_rate_per_5_min} per 5 min",
                BY_PROGRAM,
            )


@check("edge-firewall-log", "A40", "A53")
def firewall_log(aws: AwsState) -> Iterator[Problem]:
    """The web ACL has logging, with the headers that carry credentials redacted."""
    for one, name in running(aws):
        acl = _acl(aws, one) if aws.settings.edge and aws.settings.edge.waf else None
        if acl is None:
            continue
        try:
            answer = aws.ask("wafv2", "get_logging_configuration", ResourceArn=acl["ARN"])
        except ClientError as error:
            if error_code(error) != "WAFNonexistentItemException":
                raise
            yield Problem(name, "its web ACL has no logging", BY_PROGRAM)
            continue
        redacted = {
            field["SingleHeader"]["Name"].lower()
            for field in answer["LoggingConfiguration"].get("RedactedFields", [])
            if "SingleHeader" in field
        }
        for header in ("authorization", "cookie"):
            if header not in redacted:
                yield Problem(name, f"its web ACL does not redact the header {header} in its log", BY_PROGRAM)


def _acl(aws: AwsState, one: Item) -> Item | None:
    answer = aws.ask("wafv2", "get_web_acl_for_resource", ResourceArn=one["LoadBalancerArn"])
    return answer.get("WebACL")
