"""Changes by hand to the trail, the recorder and the detectors."""

from __future__ import annotations

from tests.ops.checks.verify.attachments.plants.plant import STRANGER, Plant, answered, made
from tests.ops.live import Live, Undo

TRAIL, RECORDER, DETECTOR = (
    "aws:cloudtrail/trail:Trail",
    "aws:cfg/recorder:Recorder",
    "aws:guardduty/detector:Detector",
)
ANALYZER, INSPECTOR = "aws:accessanalyzer/analyzer:Analyzer", "aws:inspector2/enabler:Enabler"
TOPIC = f"arn:aws:sns:eu-west-1:{STRANGER}:x"


def detector(live: Live) -> str:
    """The identifier of the detector."""
    return live.client("guardduty").list_detectors()["DetectorIds"][0]


def _announced(live: Live) -> Undo:
    trail = live.backend("cloudtrail").trails["aiponge-trail"]
    before, trail.sns_topic_name = trail.sns_topic_name, "by-hand"
    return lambda: setattr(trail, "sns_topic_name", before)


def _administrator(live: Live) -> Undo:
    accounts = live.backend("guardduty").admin_account_ids  # the member accepts an invitation of it
    accounts.append(STRANGER)
    return accounts.clear


def _filter(live: Live) -> Undo:
    client, id_ = live.client("guardduty"), detector(live)
    client.create_filter(
        DetectorId=id_,
        Name="by-hand",
        Action="ARCHIVE",
        FindingCriteria={"Criterion": {"severity": {"Gte": 1}}},
    )
    return lambda: client.delete_filter(DetectorId=id_, FilterName="by-hand")


def _rule(live: Live) -> Undo:
    client, rules = live.client("config"), live.backend("config").config_rules
    source = {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"}
    client.put_config_rule(ConfigRule={"ConfigRuleName": "by-hand", "Source": source})
    # moto takes functions only whose policy it can read.
    stored = rules["by-hand"].source
    stored.owner, stored.source_identifier = (
        "CUSTOM_LAMBDA",
        f"arn:aws:lambda:eu-west-1:{STRANGER}:function:x",
    )
    return lambda: client.delete_config_rule(ConfigRuleName="by-hand")


def _event_data_store(live: Live) -> Undo:
    client = live.client("cloudtrail")
    client.create_event_data_store(Name="by-hand")
    return lambda: client.delete_event_data_store(EventDataStore="by-hand")


PLANTS = (
    Plant(
        TRAIL,
        "other trail",
        made(
            "cloudtrail",
            "create_trail",
            "delete_trail",
            "Name",
            Name="by-hand",
            S3BucketName="aiponge-trail-222233334444-eu-west-1",
        ),
        "the undeclared trail by-hand writes to the bucket",
    ),
    Plant(TRAIL, "notification", _announced, "announces its files to"),
    Plant(
        TRAIL,
        "event data store",
        _event_data_store,
        "the event data store by-hand keeps events outside the trail",
    ),
    Plant(
        RECORDER,
        "authorized aggregator",
        made(
            "config",
            "put_aggregation_authorization",
            "delete_aggregation_authorization",
            "AuthorizedAccountId",
            "AuthorizedAwsRegion",
            AuthorizedAccountId=STRANGER,
            AuthorizedAwsRegion="eu-west-1",
        ),
        f"is given to the account {STRANGER}",
    ),
    Plant(RECORDER, "rule with a function", _rule, "the Config rule by-hand sends what is recorded to"),
    Plant(
        DETECTOR,
        "suppression rule",
        _filter,
        "the filter by-hand may archive findings",
    ),
    Plant(
        DETECTOR,
        "trusted IP list",
        answered(
            "guardduty",
            "create_ip_set",
            "delete_ip_set",
            "DetectorId",
            "IpSetId",
            DetectorId=detector,
            Name="by-hand",
            Format="TXT",
            Location="https://s3.amazonaws.com/elsewhere/list",
            Activate=True,
        ),
        "reports nothing about the addresses in the list",
    ),
    Plant(
        DETECTOR,
        "export of findings",
        answered(
            "guardduty",
            "create_publishing_destination",
            "delete_publishing_destination",
            "DetectorId",
            "DestinationId",
            DetectorId=detector,
            DestinationType="S3",
            DestinationProperties={
                "DestinationArn": "arn:aws:s3:::elsewhere",
                "KmsKeyArn": f"arn:aws:kms:eu-west-1:{STRANGER}:key/x",
            },
        ),
        "its findings are exported to the destination",
    ),
    Plant(DETECTOR, "administrator account", _administrator, f"the account {STRANGER} administers it"),
    Plant(
        ANALYZER,
        "archive rule",
        made(
            "accessanalyzer",
            "create_archive_rule",
            "delete_archive_rule",
            "analyzerName",
            "ruleName",
            analyzerName=lambda live: live.client("accessanalyzer").list_analyzers()["analyzers"][0]["name"],
            ruleName="by-hand",
            filter={"isPublic": {"eq": ["true"]}},
        ),
        "the archive rule by-hand hides findings",
    ),
    Plant(
        INSPECTOR,
        "suppression rule",
        answered(
            "inspector2",
            "create_filter",
            "delete_filter",
            "arn",
            name="by-hand",
            action="SUPPRESS",
            filterCriteria={"severity": [{"comparison": "EQUALS", "value": "HIGH"}]},
        ),
        "the filter by-hand hides findings of Inspector",
    ),
)
