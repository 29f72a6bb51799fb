"""Tests of the web ACL: known attacks and request floods are blocked, and its log contains no credential."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from components.edge.waf import Firewall, FirewallArgs
from sandbox.validation.measures import MANAGED_RULES, RATE_RULE
from settings import read_stack_file
from settings.schema.aws_limits import WEB_ACL_BASIC_CAPACITY
from tests.components.alone import build
from tests.components.stand_ins import key_arn, keys
from tests.harness import Deployment

BALANCER = "arn:stand-in:load-balancer"

MANAGED = {
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
}


@cache
def guarded(stack: str = "prod") -> Deployment:
    """The web ACL of a shipped stack; returns its outputs."""
    return guarded_as(stack)


def guarded_as(stack: str, **edge: Any) -> Deployment:
    """The web ACL of a shipped stack with changed settings."""
    settings = read_stack_file(stack)

    def program() -> dict[str, Any]:
        assert settings.edge
        changed = settings.edge.model_copy(update=edge)
        args = FirewallArgs(names=settings.names, settings=changed, keys=keys(), load_balancer_arn=BALANCER)
        return {"web_acl": Firewall("edge-firewall", args).web_acl_name}

    return build(program)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return guarded()


def rules(deployment: Deployment) -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for rule in deployment.named("edge-firewall-acl")["rules"]}


@pytest.mark.accepts("A53")
def test_the_managed_groups_block_what_they_find(prod: Deployment) -> None:
    found = rules(prod)
    assert set(found) == MANAGED | {"rate"}
    for group in MANAGED:
        assert found[group]["overrideAction"] == {"none": {}}
        statement = found[group]["statement"]["managedRuleGroupStatement"]
        assert (statement["vendorName"], statement["name"]) == ("AWS", group)


def test_it_costs_no_more_than_the_capacity_that_is_included(prod: Deployment) -> None:
    managed = [rule for name, rule in rules(prod).items() if name in MANAGED]
    units = sum(
        MANAGED_RULES[rule["statement"]["managedRuleGroupStatement"]["name"]] for rule in managed
    ) + RATE_RULE * (len(rules(prod)) - len(managed))
    assert units <= WEB_ACL_BASIC_CAPACITY.value


def counted(deployment: Deployment) -> set[tuple[str, str]]:
    return {
        (group, override["name"])
        for group, rule in rules(deployment).items()
        for override in rule["statement"].get("managedRuleGroupStatement", {}).get("ruleActionOverrides", ())
        if override["actionToUse"] == {"count": {}}
    }


@pytest.mark.accepts("A53")
def test_only_the_limit_on_body_size_is_counted_instead(prod: Deployment) -> None:
    assert counted(prod) == {("AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY")}


def test_a_rule_that_the_stack_file_names_is_counted_too() -> None:
    named = {
        "AWSManagedRulesCommonRuleSet": ("GenericLFI_BODY",),
        "AWSManagedRulesSQLiRuleSet": ("SQLi_BODY",),
    }
    assert counted(guarded_as("prod", waf_counted_rules=named)) == {
        ("AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY"),
        ("AWSManagedRulesCommonRuleSet", "GenericLFI_BODY"),
        ("AWSManagedRulesSQLiRuleSet", "SQLi_BODY"),
    }


@pytest.mark.accepts("A53")
def test_one_address_gets_2000_requests_in_five_minutes(prod: Deployment) -> None:
    rate = rules(prod)["rate"]
    assert rate["action"] == {"block": {}}
    assert rate["statement"]["rateBasedStatement"] == {
        "limit": 2000,
        "aggregateKeyType": "IP",
        "evaluationWindowSec": 300,
    }


def test_floods_are_stopped_first_and_every_rule_has_a_place(prod: Deployment) -> None:
    places = {name: rule["priority"] for name, rule in rules(prod).items()}
    assert places["rate"] == 0
    assert len(set(places.values())) == len(places)


@pytest.mark.accepts("A53")
def test_it_stands_before_the_load_balancer(prod: Deployment) -> None:
    acl = prod.named("edge-firewall-acl")
    assert acl["scope"] == "REGIONAL"
    assert acl["defaultAction"] == {"allow": {}}
    association = prod.named("edge-firewall-association")
    assert association["resourceArn"] == BALANCER
    assert association["webAclArn"] == acl.arn


@pytest.mark.accepts("A40", "A53")
@pytest.mark.parametrize(("stack", "days"), [("prod", 365), ("staging", 30)])
def test_its_log_is_encrypted_kept_and_named_as_it_must_be(stack: str, days: int) -> None:
    deployment = guarded(stack)
    group, logging = (deployment.named(f"edge-firewall-{part}") for part in ("log", "logging"))
    assert group["name"] == f"aws-waf-logs-aiponge-{stack}"
    assert group["retentionInDays"] == days
    assert group["kmsKeyId"] == key_arn("logs")
    assert logging["logDestinationConfigs"] == [group.arn]
    assert logging["resourceArn"] == deployment.named("edge-firewall-acl").arn


@pytest.mark.accepts("A48", "A53")
def test_headers_that_log_in_are_neither_logged_nor_sampled(prod: Deployment) -> None:
    hidden = {
        field["singleHeader"]["name"] for field in prod.named("edge-firewall-logging")["redactedFields"]
    }
    assert hidden == {"authorization", "cookie"}
    acl = prod.named("edge-firewall-acl")
    shown = [acl["visibilityConfig"], *(rule["visibilityConfig"] for rule in acl["rules"])]
    assert not any(one["sampledRequestsEnabled"] for one in shown)


@pytest.mark.accepts("A53")
def test_every_rule_is_measured_under_a_name_of_its_own(prod: Deployment) -> None:
    acl = prod.named("edge-firewall-acl")
    shown = [acl["visibilityConfig"], *(rule["visibilityConfig"] for rule in acl["rules"])]
    assert all(one["cloudwatchMetricsEnabled"] for one in shown)
    assert len({one["metricName"] for one in shown}) == len(shown)
    assert prod.result["web_acl"] == acl["name"] == "aiponge-edge"
