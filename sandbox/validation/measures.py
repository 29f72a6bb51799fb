"""Measures a parameter in the unit of its limit."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

Measure = Callable[[Any], int]


def characters(value: str) -> int:
    """The length of a text."""
    return len(value)


def text_bytes(value: str | bytes) -> int:
    """The length of a text in UTF-8."""
    return len(value.encode() if isinstance(value, str) else value)


def without_space(value: str) -> int:
    """The length of a policy as IAM counts it."""
    return sum(not one.isspace() for one in value)


def decoded(value: str) -> int:
    """The length of what is encoded in base64."""
    return len(base64.b64decode(value))


def entries(value: dict[str, str]) -> int:
    """The size of names and values together."""
    return sum(text_bytes(key) + text_bytes(item) for key, item in value.items())


def as_json(value: Any) -> int:
    """The size of a structure as JSON text."""
    return len(json.dumps(value, separators=(",", ":")).encode())


def alarm_states(value: str) -> int:
    """The number of alarms whose state a composite alarm's rule reads."""
    return len(set(re.findall(r'(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+)', value)))


def widgets(value: str) -> int:
    """The number of a dashboard's widgets."""
    return len(json.loads(value).get("widgets") or ())


MANAGED_RULES = {
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
}
"""Capacity units: docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"""
RATE_RULE = 2


def capacity(rules: list[dict[str, Any]]) -> int:
    """The capacity units of managed and rate rules; others count as one unit."""
    return sum(_capacity(rule.get("Statement") or {}) for rule in rules)


def _capacity(statement: dict[str, Any]) -> int:
    group = statement.get("ManagedRuleGroupStatement")
    if group:
        return MANAGED_RULES.get(group["Name"], 1)
    return RATE_RULE if "RateBasedStatement" in statement else 1
