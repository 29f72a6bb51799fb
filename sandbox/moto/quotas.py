"""Refuses what would exceed a quota of an account or of one resource, which moto does not count."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from sandbox.moto.hooks import Refused
from settings.schema import aws_limits as limits
from settings.schema.aws_limits import Limit

DEFAULT_ENTRY = "32767"
"""The number of the last entry, which AWS makes itself and does not count."""
Count = Callable[[Any, dict[str, Any]], int]
"""The number after the call, of moto's object and the arguments of its method by name."""


def _inline_policies(role: Any, given: dict[str, Any]) -> int:
    texts = {**role.policies, given["policy_name"]: given["policy_json"]}.values()
    return sum(len("".join(text.split())) for text in texts)


def _attached_policies(backend: Any, given: dict[str, Any]) -> int:
    return len({*backend.get_role(given["role_name"]).managed_policies, given["policy_arn"]})


def _metric_filters(backend: Any, given: dict[str, Any]) -> int:
    there = backend.filters.get_matching_filters(log_group_name=given["log_group_name"])
    return len({one["filterName"] for one in there} | {given["filter_name"]})


def _network_acl_entries(backend: Any, given: dict[str, Any]) -> int:
    there = {
        str(one.rule_number)
        for one in backend.get_network_acl(given["network_acl_id"]).network_acl_entries
        if str(one.egress).lower() == str(given["egress"]).lower()
    }
    return len((there | {str(given["rule_number"])}) - {DEFAULT_ENTRY})


def _addresses(backend: Any, _: dict[str, Any]) -> int:
    return len(backend.addresses) + 1


def _routes(backend: Any, given: dict[str, Any]) -> int:
    routes = backend.get_route_table(given["route_table_id"]).routes
    return sum(not route.local for route in routes) + (not given.get("local"))


def _ingress_rules(group: Any, _: dict[str, Any]) -> int:
    return len(group.ingress_rules) + 1


def _egress_rules(group: Any, _: dict[str, Any]) -> int:
    return len(group.egress_rules) + 1


def install() -> None:
    """Count before moto's methods run."""
    from moto.ec2.models import EC2Backend
    from moto.ec2.models.security_groups import SecurityGroup
    from moto.iam.models import IAMBackend, Role
    from moto.logs.models import LogsBackend

    wrapped: tuple[tuple[Any, str, Limit, Count, str], ...] = (
        (Role, "put_policy", limits.ROLE_INLINE_POLICIES, _inline_policies, "LimitExceeded"),
        (
            IAMBackend,
            "attach_role_policy",
            limits.MANAGED_POLICIES_OF_ROLE,
            _attached_policies,
            "LimitExceeded",
        ),
        (LogsBackend, "put_metric_filter", limits.METRIC_FILTERS, _metric_filters, "LimitExceededException"),
        (
            EC2Backend,
            "create_network_acl_entry",
            limits.RULES_OF_NETWORK_ACL,
            _network_acl_entries,
            "NetworkAclEntryLimitExceeded",
        ),
        (EC2Backend, "allocate_address", limits.ADDRESSES, _addresses, "AddressLimitExceeded"),
        (EC2Backend, "create_route", limits.ROUTES_OF_TABLE, _routes, "RouteLimitExceeded"),
        (
            SecurityGroup,
            "add_ingress_rule",
            limits.RULES_OF_SECURITY_GROUP,
            _ingress_rules,
            "RulesPerSecurityGroupLimitExceeded",
        ),
        (
            SecurityGroup,
            "add_egress_rule",
            limits.RULES_OF_SECURITY_GROUP,
            _egress_rules,
            "RulesPerSecurityGroupLimitExceeded",
        ),
    )
    for owner, method, limit, count, code in wrapped:
        setattr(owner, method, _counted(getattr(owner, method), limit, count, code))


def _counted(original: Callable[..., Any], limit: Limit, count: Count, code: str) -> Callable[..., Any]:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def method(self: Any, *args: Any, **words: Any) -> Any:
        found = count(self, dict(signature.bind(self, *args, **words).arguments))
        if found > limit.value:
            raise Refused(code, f"{found} {limit.unit}, at most {limit.value} ({limit.source})")
        return original(self, *args, **words)

    return method
