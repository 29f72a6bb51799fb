"""CloudTrail: a trail over all regions that cannot be forged, delivered to a bucket that is closed."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.resource_types import TRAIL
from rules.pack.properties import Props, is_set, off, on, parts, text
from rules.pack.rule import A, M, P, ResourceRule, resource_rule

FEATURES = frozenset(
    {
        "S3_DATA_EVENTS",
        "RDS_LOGIN_EVENTS",
        "RUNTIME_MONITORING",
        "EBS_MALWARE_PROTECTION",
        "LAMBDA_NETWORK_LOGS",
    }
)


def _trail(name: str, sentence: str, fix: str, holds: Callable[[Props], bool]) -> ResourceRule:
    return resource_rule(name, M, TRAIL, sentence, fix, holds=holds)


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
]
