"""Tests of ``ops preflight``: resources that an account or region has once."""

from __future__ import annotations

from typing import Any

from tests.ops.checks.preflight.account import Account, problems
from tests.ops.live import declared

PROD, HOST = declared("prod"), declared("cinematch-production")
OURS = PROD.tags


def detector(tags: dict[str, str]) -> Any:
    return Account(PROD, list_detectors=["12ab"], get_detector={"Tags": tags})


def test_a_detector_that_exists_is_imported() -> None:
    assert problems(detector({})) == [
        "GuardDuty detector 12ab: exists already, and eu-west-1 can have one; "
        "import it as docs/operations/adopt.md says: type aws:guardduty/detector:Detector, "
        "name audit-detector, id 12ab, parent audit; "
        "or set audit.accountWide to false"
    ]


def test_the_stacks_own_detector_is_no_problem() -> None:
    assert problems(detector(OURS)) == []


def test_a_recorder_and_its_channel_are_named() -> None:
    aws = Account(
        PROD,
        describe_configuration_recorders={"ConfigurationRecorders": [{"name": "default"}]},
        describe_delivery_channels={"DeliveryChannels": [{"name": "default"}]},
    )
    assert problems(aws) == [
        f"AWS Config {what} default: exists already, and eu-west-1 can have one; "
        "delete it, or set audit.accountWide to false"
        for what in ("recorder", "delivery channel")
    ]


def test_the_stacks_own_recorder_is_no_problem() -> None:
    own = {"ConfigurationRecorders": [{"name": "aiponge-recorder"}]}
    assert problems(Account(PROD, describe_configuration_recorders=own)) == []


def test_an_analyzer_of_a_type_that_the_stack_creates_is_named() -> None:
    listed = [
        {"name": "console", "type": "ACCOUNT"},
        {"name": "aiponge-unused", "type": "ACCOUNT_UNUSED_ACCESS"},
        {"name": "whole", "type": "ORGANIZATION"},
    ]
    assert problems(Account(PROD, list_analyzers=listed)) == [
        "analyzer console: exists already, and eu-west-1 can have one of type ACCOUNT; "
        "delete it, or set audit.accountWide to false"
    ]


def test_a_stack_without_the_account_wide_resources_does_not_ask_for_them() -> None:
    audit = PROD.audit.model_copy(update={"account_wide": False}) if PROD.audit else None
    aws = detector({})
    aws.settings = PROD.model_copy(update={"audit": audit})
    assert problems(aws) == []


def session_document(tags: dict[str, str]) -> Any:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return Account(HOST, describe_document={"Document": {}}, list_tags_for_resource=listed)


def test_preferences_of_session_manager_that_exist_are_imported() -> None:
    assert problems(session_document({})) == [
        "document SSM-SessionManagerRunShell: exists already, and eu-west-2 can have one; "
        "import it as docs/operations/adopt.md says: type aws:ssm/document:Document, "
        "name sessions-preferences, id SSM-SessionManagerRunShell, parent sessions"
    ]


def test_the_stacks_own_preferences_are_no_problem() -> None:
    assert problems(session_document(HOST.tags)) == []
