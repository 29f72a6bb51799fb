"""Attachments of the trail, the Config recorder, GuardDuty, Access Analyzer and Inspector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks.verify.attachments.audit_resources import analyzers, detectors, trails
from ops.checks.verify.attachments.resources import own_account
from ops.checks.verify.attachments.row import (
    Checked,
    Read,
    Resource,
    Row,
    Unread,
    always,
    asked,
    described,
    listed,
)
from ops.core.aws_state import AwsState, Item


def _other_trail(aws: AwsState, _: Resource, item: Item) -> str | None:
    if item["TrailARN"] == aws.names.trail_arn or item.get("IsOrganizationTrail"):
        return None
    return f"the undeclared trail {item['Name']} writes to the bucket {item['S3BucketName']}"


def _own_rule(aws: AwsState, _: Resource, item: Item) -> str | None:
    source = item.get("Source") or {}
    if item.get("CreatedBy") or source.get("Owner") != "CUSTOM_LAMBDA":
        return None
    return f"the Config rule {item['ConfigRuleName']} sends what is recorded to {source['SourceIdentifier']}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:cloudtrail/trail:Trail": (
        Read(
            "other trail",
            own_account,
            lambda aws, _: aws.ask("cloudtrail", "describe_trails", includeShadowTrails=False)["trailList"],
            _other_trail,
            "delete it with `aws cloudtrail delete-trail`, or have it made a trail of the organization",
        ),
        Read(
            "notification",
            trails,
            described("SnsTopicARN"),
            always("announces its files to {it}"),
            "run `pulumi up --refresh`",
        ),
        Read(
            "event data store",
            own_account,
            listed("cloudtrail:ListEventDataStores", "EventDataStores"),
            always("the event data store {Name} keeps events outside the trail"),
            "delete it with `aws cloudtrail delete-event-data-store`",
        ),
        Checked("event selector", "audit-trail-calls"),
        Checked("stopped trail", "audit-trail-logging"),
    ),
    "aws:cfg/recorder:Recorder": (
        Read(
            "authorized aggregator",
            own_account,
            listed("config:DescribeAggregationAuthorizations", "AggregationAuthorizations"),
            always("what Config records is given to the account {AuthorizedAccountId}"),
            "delete it with `aws configservice delete-aggregation-authorization`",
        ),
        Read(
            "rule with a function",
            own_account,
            listed("config:DescribeConfigRules", "ConfigRules"),
            _own_rule,
            "delete it with `aws configservice delete-config-rule`",
        ),
        Checked("stopped recorder", "detection-recorder"),
    ),
    "aws:cfg/deliveryChannel:DeliveryChannel": (Checked("failed delivery", "detection-recorder"),),
    "aws:cfg/recorderStatus:RecorderStatus": (Checked("stopped recorder", "detection-recorder"),),
    "aws:guardduty/detector:Detector": (
        Read(
            "suppression rule",
            detectors,
            listed("guardduty:ListFilters", "FilterNames"),
            always("the filter {it} may archive findings before anybody reads them"),
            "delete it with `aws guardduty delete-filter`, and read the archived findings",
        ),
        Read(
            "trusted IP list",
            detectors,
            listed("guardduty:ListIPSets", "IpSetIds"),
            always("reports nothing about the addresses in the list {it}"),
            "delete it with `aws guardduty delete-ip-set`",
        ),
        Read(
            "export of findings",
            detectors,
            listed("guardduty:ListPublishingDestinations", "Destinations"),
            always("its findings are exported to the destination {DestinationId} ({DestinationType})"),
            "delete it with `aws guardduty delete-publishing-destination`",
        ),
        Read(
            "administrator account",
            detectors,
            asked("guardduty:GetAdministratorAccount", "Administrator"),
            always("the account {AccountId} administers it"),
            "take it out with `aws guardduty disassociate-from-administrator-account`",
        ),
        Checked("suspension", "detection-detector"),
    ),
    "aws:guardduty/detectorFeature:DetectorFeature": (Checked("disabled feature", "detection-detector"),),
    "aws:accessanalyzer/analyzer:Analyzer": (
        Read(
            "archive rule",
            analyzers,
            listed("accessanalyzer:ListArchiveRules", "archiveRules"),
            always("the archive rule {ruleName} hides findings"),
            "delete it with `aws accessanalyzer delete-archive-rule`, and read the archived findings",
        ),
        Checked("deleted analyzer", "detection-analyzers"),
    ),
    "aws:inspector2/enabler:Enabler": (
        Read(
            "suppression rule",
            own_account,
            listed("inspector2:ListFilters", "filters", action="SUPPRESS"),
            always("the filter {name} hides findings of Inspector"),
            "delete it with `aws inspector2 delete-filter`",
        ),
        Checked("disabled scan", "account-defaults"),
        Unread("delegated administrator", "it is set in the organization's management account"),
    ),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": (Checked("off", "account-defaults"),),
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": (
        Checked("other value", "account-defaults"),
    ),
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": (Checked("value", "account-passwords"),),
}
