"""ALB, WAF, ACM."""

from rules.aws.load_balancing.waf import KNOWN_BAD
from rules.lib.resource_types import (
    CERTIFICATE,
    LISTENER,
    LOAD_BALANCER,
    SECURITY_GROUP,
    TARGET_GROUP,
    WEB_ACL,
    WEB_ACL_ASSOCIATION,
    WEB_ACL_LOGGING,
)

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import Entry
from tests.policies.ours import ours

ALB_TOKEN = "aws:alb/loadBalancer:LoadBalancer"
BALANCER_INPUTS, HTTPS, ACL_INPUTS = ours(LOAD_BALANCER), ours(LISTENER), ours(WEB_ACL)
REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
HTTP = {"port": 80, "protocol": "HTTP", "defaultActions": [REDIRECT]}
VISIBLE = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": "m"}


def group(name: str, **more: object) -> dict[str, object]:
    """A rule that runs a managed group."""
    return {
        "name": name,
        "overrideAction": {"none": {}},
        "statement": {"managedRuleGroupStatement": {"vendorName": "AWS", "name": name}},
        "visibilityConfig": VISIBLE,
        **more,
    }


RATE = {
    "name": "rate",
    "action": {"block": {}},
    "statement": {"rateBasedStatement": {"limit": 2000}},
    "visibilityConfig": VISIBLE,
}
COMMON, BAD = group("AWSManagedRulesCommonRuleSet"), group(KNOWN_BAD)
SOFT = {
    "vendorName": "AWS",
    "name": KNOWN_BAD,
    "ruleActionOverrides": [{"name": "Log4JRCE_BODY", "actionToUse": {"count": {}}}],
}
COMPLIANT = {ALB_TOKEN: BALANCER_INPUTS}
SLIPS = [
    fine(LISTENER, **HTTP),
    slip("alb-https-only alb-target-https", LISTENER, **{**HTTP, "defaultActions": HTTPS["defaultActions"]}),
    slip(
        "alb-https-only alb-target-https",
        LISTENER,
        **{**HTTP, "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTP"}}]},
    ),
    *(
        slip("alb-tls-policy alb-strong-ciphers", LISTENER, sslPolicy=policy)
        for policy in (
            None,
            "ELBSecurityPolicy-2016-08",
            "ELBSecurityPolicy-TLS-1-1-2017-01",
            "ELBSecurityPolicy-TLS13-1-0-2021-06",
        )
    ),
    slip("alb-strong-ciphers", LISTENER, sslPolicy="ELBSecurityPolicy-TLS-1-2-Ext-2018-06"),
    slip("alb-strong-ciphers", LISTENER, sslPolicy="ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"),
    fine(LISTENER, sslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06"),
    slip("alb-drop-headers", LOAD_BALANCER, dropInvalidHeaderFields=None),
    slip("alb-drop-headers", ALB_TOKEN, dropInvalidHeaderFields=False),
    slip("alb-desync", LOAD_BALANCER, desyncMitigationMode="monitor"),
    fine(LOAD_BALANCER, desyncMitigationMode=None),
    slip("alb-access-logs", LOAD_BALANCER, accessLogs=None),
    slip("alb-access-logs", LOAD_BALANCER, accessLogs={"bucket": "logs", "enabled": False}),
    slip("alb-deletion-protection", LOAD_BALANCER, enableDeletionProtection=None),
    slip("alb-multi-az", LOAD_BALANCER, subnets=["a"]),
    fine(LOAD_BALANCER, subnets=None, subnetMappings=[{"subnetId": "a"}, {"subnetId": "b"}]),
    slip("nlb-cross-zone", LOAD_BALANCER, loadBalancerType="network"),
    slip("alb-target-https", TARGET_GROUP, protocol="HTTP"),
    slip("tg-health-check", TARGET_GROUP, healthCheck=None),
    slip("tg-health-check", TARGET_GROUP, healthCheck={"enabled": False, "path": "/health"}),
    fine(TARGET_GROUP, protocol="TCP", healthCheck=None),
    slip("waf-has-rules waf-log4j own-waf-blocks", WEB_ACL, rules=None),
    slip(
        "waf-rule-actions", WEB_ACL, rules=[COMMON, BAD, RATE, {"name": "idle", "visibilityConfig": VISIBLE}]
    ),
    slip("waf-log4j", WEB_ACL, rules=[COMMON, RATE]),
    slip("waf-log4j", WEB_ACL, rules=[COMMON, RATE, group(KNOWN_BAD, overrideAction={"count": {}})]),
    slip(
        "waf-log4j",
        WEB_ACL,
        rules=[COMMON, RATE, group(KNOWN_BAD, statement={"managedRuleGroupStatement": SOFT})],
    ),
    slip(
        "waf-metrics",
        WEB_ACL,
        rules=[COMMON, BAD, {**RATE, "visibilityConfig": {"cloudwatchMetricsEnabled": False}}],
    ),
    slip("own-waf-blocks", WEB_ACL, rules=[COMMON, BAD]),
    slip("own-waf-blocks", WEB_ACL, rules=[COMMON, BAD, {**RATE, "action": {"count": {}}}]),
    slip("acm-no-wildcard", CERTIFICATE, domainName="*.example.com"),
    slip("acm-no-wildcard", CERTIFICATE, subjectAlternativeNames=["*.example.com"]),
    slip("acm-key-length", CERTIFICATE, keyAlgorithm="RSA_1024"),
    fine(CERTIFICATE, keyAlgorithm="EC_prime256v1"),
    slip("acm-not-expiring", CERTIFICATE, validationMethod="EMAIL"),
]

_BALANCER = Entry(LOAD_BALANCER, BALANCER_INPUTS, {"securityGroups": ("group",)})
_TO_BALANCER = {"loadBalancerArn": ("balancer",)}
_HTTPS, _ACL = Entry(LISTENER, HTTPS, _TO_BALANCER), Entry(WEB_ACL, ACL_INPUTS)
_HTTP = Entry(LISTENER, HTTP, _TO_BALANCER)
STACKS = {
    "edge": {
        "group": Entry(SECURITY_GROUP, {"name": "aiponge-alb"}),
        "balancer": _BALANCER,
        "https": _HTTPS,
        "http": _HTTP,
        "acl": _ACL,
        "association": Entry(WEB_ACL_ASSOCIATION, {}, {"resourceArn": ("balancer",), "webAclArn": ("acl",)}),
        "logging": Entry(WEB_ACL_LOGGING, {}, {"resourceArn": ("acl",)}),
    }
}
STACK_SLIPS = [
    stack_slip("alb-redirects", "edge", {"http": _HTTP.but(defaultActions=HTTPS["defaultActions"])}),
    stack_slip("alb-tls12", "edge", {"https": _HTTPS.but(sslPolicy="ELBSecurityPolicy-2016-08")}),
    stack_slip("alb-waf waf-log4j-alb", "edge", {"association": None}),
    stack_slip("", "edge", {"association": None, "balancer": _BALANCER.but(internal=True)}),
    stack_slip("waf-log4j-alb", "edge", {"acl": _ACL.but(rules=[RATE])}),
    stack_slip("waf-logging", "edge", {"logging": None}),
    stack_slip("alb-public-declared", "edge", {"group": Entry(SECURITY_GROUP, {"name": "aiponge-user"})}),
]
