"""Tests of the web ACL's checks: each manual change is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ops.checks.verify.network.lookups import balancer_arn
from tests.ops.live import Live, Make, Undo


def firewall_taken_off(live: Live) -> Undo:
    waf, arn = live.client("wafv2"), balancer_arn(live)
    acl = waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["ARN"]
    waf.disassociate_web_acl(ResourceArn=arn)
    return lambda: waf.associate_web_acl(WebACLArn=acl, ResourceArn=arn)


def _firewall(change: Any) -> Make:
    def make(live: Live) -> Undo:
        waf = live.client("wafv2")
        acl = waf.get_web_acl_for_resource(ResourceArn=balancer_arn(live))["WebACL"]
        whose = {"Name": acl["Name"], "Scope": "REGIONAL", "Id": acl["Id"]}

        def put(rules: list[dict[str, Any]]) -> None:
            token = waf.get_web_acl(**whose)["LockToken"]
            waf.update_web_acl(
                **whose,
                DefaultAction=acl["DefaultAction"],
                VisibilityConfig=acl["VisibilityConfig"],
                Rules=rules,
                LockToken=token,
            )

        put([changed for rule in acl["Rules"] if (changed := change(rule))])
        return lambda: put(acl["Rules"])

    return make


def _without_sqli(rule: dict[str, Any]) -> dict[str, Any] | None:
    return None if "SQLi" in rule["Name"] else rule


def _counting(rule: dict[str, Any]) -> dict[str, Any]:
    return {**rule, "OverrideAction": {"Count": {}}} if "SQLi" in rule["Name"] else rule


def _generous(rule: dict[str, Any]) -> dict[str, Any]:
    if "RateBasedStatement" not in rule["Statement"]:
        return rule
    statement = {**rule["Statement"]["RateBasedStatement"], "Limit": 200_000}
    return {**rule, "Statement": {"RateBasedStatement": statement}}


def firewall_log_off(live: Live) -> Undo:
    waf = live.client("wafv2")
    acl = waf.get_web_acl_for_resource(ResourceArn=balancer_arn(live))["WebACL"]["ARN"]
    before = waf.get_logging_configuration(ResourceArn=acl)["LoggingConfiguration"]
    waf.delete_logging_configuration(ResourceArn=acl)
    return lambda: waf.put_logging_configuration(LoggingConfiguration=before)


def firewall_logs_cookies(live: Live) -> Undo:
    waf = live.client("wafv2")
    acl = waf.get_web_acl_for_resource(ResourceArn=balancer_arn(live))["WebACL"]["ARN"]
    before = waf.get_logging_configuration(ResourceArn=acl)["LoggingConfiguration"]
    kept = [one for one in before["RedactedFields"] if one["SingleHeader"]["Name"] != "cookie"]
    waf.put_logging_configuration(LoggingConfiguration={**before, "RedactedFields": kept})
    return lambda: waf.put_logging_configuration(LoggingConfiguration=before)


A1, A53 = pytest.mark.accepts("A1"), pytest.mark.accepts("A53")
SLIPS = [
    pytest.param(firewall_taken_off, "edge-firewall", marks=A53),
    pytest.param(_firewall(_without_sqli), "edge-firewall", marks=A53, id="no_sqli_rules"),
    pytest.param(_firewall(_counting), "edge-firewall", marks=A53, id="rules_that_only_count"),
    pytest.param(_firewall(_generous), "edge-firewall", marks=A53, id="no_rate_limit"),
    pytest.param(firewall_log_off, "edge-firewall-log", marks=A53),
    pytest.param(firewall_logs_cookies, "edge-firewall-log", marks=A53),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_web_acl_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}
