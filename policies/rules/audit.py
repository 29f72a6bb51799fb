"""Audit: a trail over all regions that cannot be forged, a detector that is on, a recorder that sees all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import documents
from .graph import Stack
from .kms import KEY
from .logs import TRAIL
from .reading import Props, is_set, off, on, part, parts, text
from .rule import A, M, P, Resource, ResourceRule, relate, require, survey, trace
from .s3 import BUCKET, BUCKET_POLICY
from .s3_keeping import LOGGING

DETECTOR = "aws:guardduty/detector:Detector"
DETECTOR_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
ORGANIZATION = "aws:guardduty/organizationConfiguration:OrganizationConfiguration"
RECORDER = "aws:cfg/recorder:Recorder"
RECORDER_STATUS = "aws:cfg/recorderStatus:RecorderStatus"
AGGREGATOR = "aws:cfg/configurationAggregator:ConfigurationAggregator"
FEATURES = frozenset(
    {
        "S3_DATA_EVENTS",
        "RDS_LOGIN_EVENTS",
        "RUNTIME_MONITORING",
        "EBS_MALWARE_PROTECTION",
        "LAMBDA_NETWORK_LOGS",
    }
)
_WRITERS = (
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "logdelivery.elasticloadbalancing.amazonaws.com",
)


def _trail(name: str, sentence: str, fix: str, holds: Callable[[Props], bool]) -> ResourceRule:
    return require(name, M, TRAIL, sentence, fix, holds)


def _private(trail: Resource, stack: Stack) -> Iterator[str]:
    for bucket in stack.refers(trail, "s3BucketName", BUCKET):
        if not stack.referrers(bucket, LOGGING, "bucket"):
            yield "its bucket logs no accesses"
        for policy in stack.referrers(bucket, BUCKET_POLICY, "bucket"):
            if any(
                one.anybody and not one.conditions for one in documents.allows(policy.props.get("policy"))
            ):
                yield "its bucket is public"


def _on_behalf(one: Resource, _: Stack) -> Iterator[str]:
    for statement in documents.allows(one.props.get("policy")):
        services = {name for kind, name in statement.principals if kind == "Service"}
        if services & set(_WRITERS) and not statement.condition("aws:SourceArn", "aws:SourceAccount"):
            yield "a service may write on behalf of any account"
        if one.type == BUCKET_POLICY and any(
            map(statement.covers, ("s3:DeleteObject", "s3:DeleteObjectVersion"))
        ):
            yield "somebody may delete what is logged"


def _features(detector: Resource, stack: Stack) -> bool:
    enabled = {
        text(one.props, "name")
        for one in stack.referrers(detector, DETECTOR_FEATURE, "detectorId")
        if text(one.props, "status") == "ENABLED"
    }
    return enabled >= FEATURES


def _recorded(stack: Stack) -> bool:
    running = [one for one in stack.all(RECORDER_STATUS) if on(one.props, "isEnabled")]
    return not stack.config.audit or not stack.all(TRAIL) or (bool(stack.all(RECORDER)) and bool(running))


def _everything(recorder: Props) -> bool:
    group = part(recorder, "recordingGroup")
    by_strategy = any(
        text(one, "useOnly") == "ALL_SUPPORTED_RESOURCE_TYPES" for one in parts(group, "recordingStrategies")
    )
    return by_strategy or (not off(group, "allSupported") and on(group, "includeGlobalResourceTypes"))


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
    require(
        "trail-cloudwatch",
        P,
        TRAIL,
        "The trail can be alarmed on.",
        "set cloud_watch_logs_group_arn",
        lambda trail: is_set(trail, "cloudWatchLogsGroupArn"),
    ),
    require(
        "trail-sns",
        A,
        TRAIL,
        "The trail tells when it delivers.",
        "set sns_topic_name",
        lambda trail: is_set(trail, "snsTopicName"),
    ),
    require(
        "trail-data-events",
        A,
        TRAIL,
        "The trail sees who reads objects.",
        "add an event selector for S3 objects",
        lambda trail: (
            any(
                text(resource, "type") == "AWS::S3::Object"
                for selector in parts(trail, "eventSelectors")
                for resource in parts(selector, "dataResources")
            )
            or is_set(trail, "advancedEventSelectors")
        ),
    ),
    trace(
        "trail-bucket-private",
        M,
        TRAIL,
        "The trail's bucket is closed, and logs who reads it.",
        "add a BucketLogging, name the principals",
        _private,
    ),
    trace(
        "own-trail-permissions",
        M,
        (BUCKET_POLICY, KEY),
        "Services write logs on behalf of our own account, and nobody deletes them.",
        "set aws:SourceArn or aws:SourceAccount; allow no s3:DeleteObject",
        _on_behalf,
    ),
    require(
        "guardduty-enabled",
        M,
        DETECTOR,
        "GuardDuty is on.",
        "remove enable=False (B59)",
        lambda detector: not off(detector, "enable"),
    ),
    relate(
        "guardduty-features",
        P,
        DETECTOR,
        "GuardDuty watches objects, logins, machines and functions.",
        f"enable {', '.join(sorted(FEATURES))} (B59)",
        _features,
    ),
    require(
        "guardduty-org",
        A,
        ORGANIZATION,
        "New accounts are watched too.",
        'set auto_enable_organization_members="ALL"',
        lambda organization: text(organization, "autoEnableOrganizationMembers") == "ALL",
    ),
    survey(
        "config-recorder-on",
        M,
        "Where there is a trail, Config records.",
        "add a Recorder and a RecorderStatus that is enabled",
        _recorded,
    ),
    require(
        "config-recorder-all",
        M,
        RECORDER,
        "Config records every type, global ones too.",
        "set all_supported and include_global_resource_types",
        _everything,
    ),
    require(
        "config-aggregator-regions",
        A,
        AGGREGATOR,
        "An aggregator covers all regions.",
        "set all_regions=True",
        lambda aggregator: any(
            on(part(aggregator, key), "allRegions")
            for key in ("accountAggregationSource", "organizationAggregationSource")
        ),
    ),
]
