"""Tests of GuardDuty's features and IAM Access Analyzer's configuration."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.toy import project, sandbox

PROGRAM = """
d = aws.guardduty.Detector('d', enable=True)
for name, status in (('S3_DATA_EVENTS', 'DISABLED'), ('RDS_LOGIN_EVENTS', 'ENABLED')):
    aws.guardduty.DetectorFeature(name, detector_id=d.id, name=name, status=status)
aws.accessanalyzer.Analyzer('u', analyzer_name='u', type='ACCOUNT_UNUSED_ACCESS',
    configuration={'unused_access': {'unused_access_age': 90}})
"""


def test_a_detector_has_every_feature_that_nobody_disabled_and_an_analyzer_its_age(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROGRAM)) as here:
        assert here.up().exit_code == 0
        guard = here.client("guardduty")
        (detector,) = guard.list_detectors()["DetectorIds"]
        features = {one["Name"]: one["Status"] for one in guard.get_detector(DetectorId=detector)["Features"]}
        analyzer = here.client("accessanalyzer").get_analyzer(analyzerName="u")["analyzer"]
    assert features == {
        "EBS_MALWARE_PROTECTION": "ENABLED",
        "EKS_AUDIT_LOGS": "ENABLED",
        "LAMBDA_NETWORK_LOGS": "ENABLED",
        "RDS_LOGIN_EVENTS": "ENABLED",
        "S3_DATA_EVENTS": "DISABLED",
    }
    assert analyzer["configuration"] == {"unusedAccess": {"unusedAccessAge": 90}}
