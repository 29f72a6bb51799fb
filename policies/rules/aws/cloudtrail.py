"""CloudTrail: a trail over all regions and calls that cannot be forged."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.resource_types import TRAIL
from rules.pack.properties import Props, is_set, off, on, parts, text, values
from rules.pack.rule import A, M, P, ResourceRule, resource_rule


def _trail(name: str, sentence: str, fix: str, holds: Callable[[Props], bool]) -> ResourceRule:
    return resource_rule(name, M, TRAIL, sentence, fix, holds=holds)


def _all_calls(trail: Props) -> bool:
    selectors = parts(trail, "eventSelectors")
    whole = not selectors or any(
        not off(one, "includeManagementEvents") and text(one, "readWriteType") in ("", "All")
        for one in selectors
    )
    excluded = any(values(one, "excludeManagementEventSources") for one in selectors)
    narrowed = any(
        text(field, "field") in ("eventSource", "readOnly")
        for one in parts(trail, "advancedEventSelectors")
        for field in parts(one, "fieldSelectors")
    )
    return whole and not excluded and not narrowed


RULES = [
    _trail(
        "trail-multi-region",
        "The trail covers all regions.",
        "set is_multi_region_trail=True (B35)",
        lambda trail: on(trail, "isMultiRegionTrail"),
    ),
    _trail(
        "trail-validation",
        "The trail's files cannot be forged.",
        "set enable_log_file_validation=True (B35)",
        lambda trail: on(trail, "enableLogFileValidation"),
    ),
    _trail(
        "trail-cmk",
        "The trail is encrypted with a key of ours.",
        "set kms_key_id (B35)",
        lambda trail: is_set(trail, "kmsKeyId"),
    ),
    _trail(
        "trail-logging",
        "The trail is on.",
        "remove enable_logging=False",
        lambda trail: not off(trail, "enableLogging"),
    ),
    resource_rule(
        "trail-cloudwatch",
        P,
        TRAIL,
        "The trail can be alarmed on.",
        "set cloud_watch_logs_group_arn",
        holds=lambda trail: is_set(trail, "cloudWatchLogsGroupArn"),
    ),
    resource_rule(
        "trail-sns",
        A,
        TRAIL,
        "The trail tells when it delivers.",
        "set sns_topic_name",
        holds=lambda trail: is_set(trail, "snsTopicName"),
    ),
    resource_rule(
        "trail-data-events",
        A,
        TRAIL,
        "The trail sees who reads objects.",
        "add an event selector for S3 objects",
        holds=lambda trail: (
            any(
                text(resource, "type") == "AWS::S3::Object"
                for selector in parts(trail, "eventSelectors")
                for resource in parts(selector, "dataResources")
            )
            or is_set(trail, "advancedEventSelectors")
        ),
    ),
    resource_rule(
        "trail-all-calls",
        M,
        TRAIL,
        "The trail keeps every call, each use of a key among them.",
        "set read_write_type=All, include_management_events=True, no exclude_management_event_sources (B35)",
        holds=_all_calls,
    ),
    resource_rule(
        "trail-global-services",
        M,
        TRAIL,
        "The trail keeps calls of IAM and STS, which are of no region.",
        "remove include_global_service_events=False (B35)",
        holds=lambda trail: not off(trail, "includeGlobalServiceEvents"),
    ),
]
