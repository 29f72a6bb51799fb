"""GuardDuty is enabled with every feature; AWS Config records every resource type."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.resource_types import (
    CONFIG_AGGREGATOR,
    CONFIG_RECORDER,
    CONFIG_RECORDER_STATUS,
    DETECTOR,
    DETECTOR_FEATURE,
    GUARDDUTY_ORGANIZATION,
    TRAIL,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, off, on, part, parts, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

FEATURES = frozenset(
    {
        "S3_DATA_EVENTS",
        "RDS_LOGIN_EVENTS",
        "RUNTIME_MONITORING",
        "EBS_MALWARE_PROTECTION",
        "LAMBDA_NETWORK_LOGS",
    }
)


def _features(detector: Resource, stack: Stack) -> bool:
    enabled = {
        text(one.props, "name")
        for one in stack.referrers(detector, DETECTOR_FEATURE, "detectorId")
        if text(one.props, "status") == "ENABLED"
    }
    return enabled >= FEATURES


def _recorded(one: Resource, stack: Stack) -> Iterator[str]:
    if not stack.config.audit:
        return
    if one.type == TRAIL:
        if not stack.all(CONFIG_RECORDER):
            yield "the stack has a trail and no configuration recorder"
    elif one.type == CONFIG_RECORDER_STATUS:
        if not on(one.props, "isEnabled"):
            yield "the recorder is off"
    elif not any(on(status.props, "isEnabled") for status in _statuses(one, stack)):
        yield "nothing starts the recorder"


def _statuses(recorder: Resource, stack: Stack) -> list[Resource]:
    return stack.referrers(recorder, CONFIG_RECORDER_STATUS, "name")


def _everything(recorder: Props) -> bool:
    group = part(recorder, "recordingGroup")
    by_strategy = any(
        text(one, "useOnly") == "ALL_SUPPORTED_RESOURCE_TYPES" for one in parts(group, "recordingStrategies")
    )
    return by_strategy or (not off(group, "allSupported") and on(group, "includeGlobalResourceTypes"))


RULES = [
    resource_rule(
        "guardduty-enabled",
        M,
        DETECTOR,
        "GuardDuty is enabled.",
        "remove enable=False",
        holds=lambda detector: not off(detector, "enable"),
        requirements=("B59",),
    ),
    stack_rule(
        "guardduty-features",
        P,
        DETECTOR,
        "GuardDuty has protection enabled for S3, RDS logins, EC2, ECS and Lambda.",
        f"enable {', '.join(sorted(FEATURES))}",
        holds=_features,
        requirements=("B59",),
    ),
    resource_rule(
        "guardduty-org",
        A,
        GUARDDUTY_ORGANIZATION,
        "GuardDuty is enabled automatically for new accounts of the organization.",
        'set auto_enable_organization_members="ALL"',
        holds=lambda organization: text(organization, "autoEnableOrganizationMembers") == "ALL",
    ),
    stack_rule(
        "config-recorder-on",
        M,
        (TRAIL, CONFIG_RECORDER, CONFIG_RECORDER_STATUS),
        "A stack with a trail records configuration changes with AWS Config, and every recorder runs.",
        "add a Recorder, and a RecorderStatus with is_enabled=True that names it",
        finds=_recorded,
    ),
    resource_rule(
        "config-recorder-all",
        M,
        CONFIG_RECORDER,
        "AWS Config records every resource type, including global ones.",
        "set all_supported and include_global_resource_types",
        holds=_everything,
    ),
    resource_rule(
        "config-aggregator-regions",
        A,
        CONFIG_AGGREGATOR,
        "A configuration aggregator covers all regions.",
        "set all_regions=True",
        holds=lambda aggregator: any(
            on(part(aggregator, key), "allRegions")
            for key in ("accountAggregationSource", "organizationAggregationSource")
        ),
    ),
]
