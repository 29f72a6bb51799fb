"""CloudTrail: the trail records all regions and API calls, is encrypted, and its log files are validated."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.resource_types import TRAIL
from rules.pack.properties import Props, is_set, off, on, parts, text, values
from rules.pack.rule import A, M, P, ResourceRule, resource_rule


def _trail(
    name: str,
    sentence: str,
    fix: str,
    holds: Callable[[Props], bool],
    requirements: tuple[str, ...] = (),
) -> ResourceRule:
    return resource_rule(name, M, TRAIL, sentence, fix, holds=holds, requirements=requirements)


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
        "The trail records all regions.",
        "set is_multi_region_trail=True",
        lambda trail: on(trail, "isMultiRegionTrail"),
        requirements=("B35",),
    ),
    _trail(
        "trail-validation",
        "The trail's log files are validated.",
        "set enable_log_file_validation=True",
        lambda trail: on(trail, "enableLogFileValidation"),
        requirements=("B35",),
    ),
    _trail(
        "trail-cmk",
        "The trail is encrypted with a customer managed key.",
        "set kms_key_id",
        lambda trail: is_set(trail, "kmsKeyId"),
        requirements=("B35",),
    ),
    _trail(
        "trail-logging",
        "The trail is enabled.",
        "remove enable_logging=False",
        lambda trail: not off(trail, "enableLogging"),
    ),
    resource_rule(
        "trail-cloudwatch",
        P,
        TRAIL,
        "The trail delivers to CloudWatch Logs, so that alarms can be set on its events.",
        "set cloud_watch_logs_group_arn",
        holds=lambda trail: is_set(trail, "cloudWatchLogsGroupArn"),
    ),
    resource_rule(
        "trail-sns",
        A,
        TRAIL,
        "The trail notifies an SNS topic of each delivery.",
        "set sns_topic_name",
        holds=lambda trail: is_set(trail, "snsTopicName"),
    ),
    resource_rule(
        "trail-data-events",
        A,
        TRAIL,
        "The trail records data events of S3 objects.",
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
        "The trail records every management event, including KMS events.",
        "set read_write_type=All, include_management_events=True, no exclude_management_event_sources",
        holds=_all_calls,
        requirements=("B35",),
    ),
    resource_rule(
        "trail-global-services",
        M,
        TRAIL,
        "The trail records events of global services such as IAM and STS.",
        "remove include_global_service_events=False",
        holds=lambda trail: not off(trail, "includeGlobalServiceEvents"),
        requirements=("B35",),
    ),
]
