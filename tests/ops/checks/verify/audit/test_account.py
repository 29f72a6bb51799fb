"""Tests of the account's checks: MFA, passwords, detectors and defaults, each changed once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ops.checks.verify import AwsState, run
from ops.checks.verify.registry import REGISTRY
from settings.schema.audit import AuditSettings
from tests.ops.live import Live, Make, Undo, slipped


def _policy(**change: Any) -> Make:
    def make(live: Live) -> Undo:
        iam = live.client("iam")
        before = iam.get_account_password_policy()["PasswordPolicy"]
        before.pop("ExpirePasswords")
        iam.update_account_password_policy(**{**before, **change})
        return lambda: iam.update_account_password_policy(**before)

    return make


def no_policy(live: Live) -> Undo:
    iam = live.client("iam")
    before = iam.get_account_password_policy()["PasswordPolicy"]
    before.pop("ExpirePasswords")
    iam.delete_account_password_policy()
    return lambda: iam.update_account_password_policy(**before)


def _role(principal: dict[str, Any] | str, **condition: Any) -> Make:
    """A role that somebody created by hand, with this trust policy."""

    def make(live: Live) -> Undo:
        iam, name = live.client("iam"), "somebody-by-hand"
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        trust = {"Version": "2012-10-17", "Statement": {**statement, "Condition": condition}}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return lambda: iam.delete_role(RoleName=name)

    return make


ROOT = {"AWS": "arn:aws:iam::222233334444:root"}
WITH_MFA = {"aws:MultiFactorAuthPresent": "true"}


@pytest.mark.accepts("B38")
@pytest.mark.parametrize(
    "slip",
    [
        _role(ROOT),
        _role({"AWS": "222233334444"}),
        _role({"AWS": "arn:aws:iam::222233334444:user/somebody"}),
        _role(ROOT, BoolIfExists=WITH_MFA),
        _role(ROOT, Bool={"aws:MultiFactorAuthPresent": "false"}),
    ],
    ids=["account", "account-id", "user", "if-exists", "without"],
)
def test_a_role_that_users_may_assume_without_mfa_is_found(live: Live, slip: Make) -> None:
    (problem,) = live.findings_of(slip)
    assert (problem.check, problem.problem) == ("account-roles", "users may assume it without MFA")


@pytest.mark.accepts("B38")
@pytest.mark.parametrize(
    "role",
    [
        _role(ROOT, Bool=WITH_MFA),
        _role({"AWS": "arn:aws:iam::222233334444:role/another"}),
        _role({"Service": "ec2.amazonaws.com"}),
    ],
    ids=["with-mfa", "a-role", "a-service"],
)
def test_a_role_of_users_with_mfa_or_of_a_role_or_a_service_is_none(live: Live, role: Make) -> None:
    assert live.findings_of(role) == []


def _user(*, key: bool = False, password: bool = False, factor: bool = False) -> Make:
    def make(live: Live) -> Undo:
        iam, name = live.client("iam"), "somebody-by-hand"
        iam.create_user(UserName=name)
        keys = [iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]] if key else []
        if password:
            iam.create_login_profile(UserName=name, Password="Only-for-a-test-1")
        if factor:
            iam.enable_mfa_device(
                UserName=name, SerialNumber=name, AuthenticationCode1="123456", AuthenticationCode2="654321"
            )

        def undo() -> None:
            for one in keys:
                iam.delete_access_key(UserName=name, AccessKeyId=one)
            if password:
                iam.delete_login_profile(UserName=name)
            if factor:
                iam.deactivate_mfa_device(UserName=name, SerialNumber=name)
            iam.delete_user(UserName=name)

        return undo

    return make


def _detector(live: Live) -> str:
    return live.client("guardduty").list_detectors()["DetectorIds"][0]


def detector_off(live: Live) -> Undo:
    guard, one = live.client("guardduty"), _detector(live)
    guard.update_detector(DetectorId=one, Enable=False)
    return lambda: guard.update_detector(DetectorId=one, Enable=True)


def feature_off(live: Live) -> Undo:
    guard, one = live.client("guardduty"), _detector(live)

    def switch(status: str) -> None:
        guard.update_detector(DetectorId=one, Features=[{"Name": "S3_DATA_EVENTS", "Status": status}])

    switch("DISABLED")
    return lambda: switch("ENABLED")


def detector_gone(live: Live) -> Undo:
    detectors = live.backend("guardduty").detectors
    before = dict(detectors)
    detectors.clear()
    return lambda: detectors.update(before)


def _analyzer(name: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Make:
    def make(live: Live) -> Undo:
        client = live.client("accessanalyzer")
        before = client.get_analyzer(analyzerName=name)["analyzer"]
        members = client.meta.service_model.operation_model("CreateAnalyzer").input_shape.members
        declared = {"analyzerName": name, **{k: v for k, v in before.items() if k in members}}
        client.delete_analyzer(analyzerName=name)
        changed = change(declared)
        if changed is not None:
            client.create_analyzer(**changed)
        return lambda: client.create_analyzer(**declared)

    return make


def recorder_off(live: Live) -> Undo:
    config = live.client("config")
    (name,) = [one["name"] for one in config.describe_configuration_recorders()["ConfigurationRecorders"]]
    config.stop_configuration_recorder(ConfigurationRecorderName=name)
    return lambda: config.start_configuration_recorder(ConfigurationRecorderName=name)


def plain_disks(live: Live) -> Undo:
    ec2 = live.client("ec2")
    ec2.disable_ebs_encryption_by_default()
    return ec2.enable_ebs_encryption_by_default


def _metadata(broken: dict[str, Any], sound: dict[str, Any]) -> Make:
    def make(live: Live) -> Undo:
        ec2 = live.client("ec2")
        ec2.modify_instance_metadata_defaults(**broken)
        return lambda: ec2.modify_instance_metadata_defaults(**sound)

    return make


def unsearched(live: Live) -> Undo:
    inspector, accounts = live.client("inspector2"), [live.settings.account_id]
    inspector.disable(accountIds=accounts, resourceTypes=["ECR"])
    return lambda: inspector.enable(accountIds=accounts, resourceTypes=["ECR"])


def _older(declared: dict[str, Any]) -> dict[str, Any]:
    return {**declared, "configuration": {"unusedAccess": {"unusedAccessAge": 365}}}


B38, B59, B60, B62 = (pytest.mark.accepts(row) for row in ("B38", "B59", "B60", "B62"))
PASSWORDS, DETECTOR, ANALYZERS = "account-passwords", "detection-detector", "detection-analyzers"
SLIPS = [
    pytest.param(no_policy, "does not exist", PASSWORDS, marks=B38),
    pytest.param(
        _policy(MinimumPasswordLength=13),
        "allows passwords shorter than 14 characters",
        PASSWORDS,
        marks=B38,
        id="short",
    ),
    *(
        pytest.param(
            _policy(**{member: False}), f"allows passwords without {what}", PASSWORDS, marks=B38, id=member
        )
        for member, what in (
            ("RequireLowercaseCharacters", "lower case letters"),
            ("RequireUppercaseCharacters", "upper case letters"),
            ("RequireNumbers", "numbers"),
            ("RequireSymbols", "symbols"),
        )
    ),
    pytest.param(
        _policy(MaxPasswordAge=91),
        "allows passwords older than 90 days",
        PASSWORDS,
        marks=B38,
        id="old",
    ),
    pytest.param(
        _policy(PasswordReusePrevention=23),
        "allows reuse of the last 24 passwords",
        PASSWORDS,
        marks=B38,
        id="forgetful",
    ),
    pytest.param(
        _user(key=True),
        "has an access key",
        "account-users",
        marks=pytest.mark.accepts("B10", "B41"),
        id="key",
    ),
    pytest.param(
        _user(password=True), "has a password and no MFA device", "account-users", marks=B38, id="no_factor"
    ),
    pytest.param(detector_off, "is suspended", DETECTOR, marks=B59),
    pytest.param(feature_off, "S3_DATA_EVENTS is off", DETECTOR, marks=B59),
    pytest.param(detector_gone, "has no detector", DETECTOR, marks=B59),
    pytest.param(
        _analyzer("aiponge-external", lambda _: None),
        "does not exist or is not active",
        ANALYZERS,
        marks=B60,
        id="no_external",
    ),
    pytest.param(
        _analyzer("aiponge-unused", lambda _: None),
        "does not exist or is not active",
        ANALYZERS,
        marks=B60,
        id="no_unused",
    ),
    pytest.param(
        _analyzer("aiponge-unused", _older), "reports after 365 days, not 90", ANALYZERS, marks=B60, id="late"
    ),
    pytest.param(
        recorder_off, "does not record", "detection-recorder", marks=pytest.mark.accepts("B35"), id="recorder"
    ),
    pytest.param(plain_disks, "EBS encryption by default is off", "account-defaults", marks=B62),
    pytest.param(
        _metadata({"HttpTokens": "optional"}, {"HttpTokens": "required"}),
        "new instances do not require IMDSv2 with a hop limit of 1 by default",
        "account-defaults",
        marks=B62,
        id="tokens",
    ),
    pytest.param(
        _metadata({"HttpPutResponseHopLimit": 2}, {"HttpPutResponseHopLimit": 1}),
        "new instances do not require IMDSv2 with a hop limit of 1 by default",
        "account-defaults",
        marks=B62,
        id="hops",
    ),
    pytest.param(unsearched, "Inspector does not scan ECR", "account-defaults", marks=B62),
]


@pytest.mark.parametrize(("slip", "problem", "slug"), SLIPS)
def test_each_slip_of_the_account_is_found_by_its_check(
    live: Live, slip: Make, problem: str, slug: str
) -> None:
    assert [(one.check, one.problem) for one in live.findings_of(slip)] == [(slug, problem)]


@pytest.mark.accepts("B38")
def test_a_user_with_a_second_factor_and_no_key_is_no_finding(live: Live) -> None:
    assert live.findings_of(_user(password=True, factor=True)) == []


def _summary(live: Live, **numbers: int) -> list[str]:
    """The findings about the root user for a given account summary."""
    live.aws._answers["iam", '["get_account_summary", {}]'] = {"SummaryMap": numbers}
    try:
        return [one.problem for one in run(live.aws, (REGISTRY["account-root"],)).findings]
    finally:
        live.aws.forget({"iam"})


@pytest.mark.accepts("B38")
def test_a_root_user_without_a_second_factor_is_found(live: Live) -> None:
    assert _summary(live, AccountMFAEnabled=0) == ["its root user has no MFA device"]


@pytest.mark.accepts("B38")
def test_a_root_user_with_an_access_key_is_found(live: Live) -> None:
    assert _summary(live, AccountMFAEnabled=1, AccountAccessKeysPresent=1) == [
        "its root user has an access key"
    ]


@pytest.mark.accepts("B38")
def test_a_guarded_root_user_is_no_finding(live: Live) -> None:
    assert _summary(live, AccountMFAEnabled=1, AccountAccessKeysPresent=0) == []


@pytest.mark.parametrize("slip", [no_policy, detector_gone, recorder_off, plain_disks])
@pytest.mark.parametrize("keeps_a_trail", [True, False])
def test_what_another_stack_of_the_account_makes_is_not_asked_of_this_one(
    live: Live, slip: Make, keeps_a_trail: bool
) -> None:
    audit = AuditSettings() if keeps_a_trail else None
    settings = live.settings.model_copy(update={"audit": audit})
    checks = tuple(
        one for slug, one in REGISTRY.items() if slug.startswith(("account-d", "account-p", "detection-"))
    )
    with slipped(slip, live):
        assert run(AwsState(settings, live.sandbox.session), checks).findings == []
