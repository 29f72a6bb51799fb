"""Reads ages of secrets and restore tests, and the days until certificates expire, from AWS's metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

CURRENT: Final = "AWSCURRENT"
RESTORE_TEST_SUCCESS: Final = "RestoreTestSuccess"
"""The metric that the validation of a restore test publishes."""
HISTORY_DAYS: Final = 60
"""How far back a successful restore test is searched. AWS Backup lists jobs of the last 30 days only, and a
monthly test may be older, so CloudWatch is asked."""
_PERIOD_S: Final = 6 * 3600
_DAY: Final = timedelta(days=1)


class AgeMissing(Exception):
    """An age that the metadata does not tell."""


@dataclass(frozen=True)
class Days:
    """One metric: a number of days, of one named thing or of the stack."""

    metric: str
    days: float
    dimension: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.metric} {self.dimension[1]}" if self.dimension else self.metric

    def datum(self) -> dict[str, Any]:
        """The metric as PutMetricData takes it; CloudWatch has no unit for days."""
        name, value = self.dimension or (None, None)
        dimensions = [{"Name": name, "Value": value}] if name else []
        return {"MetricName": self.metric, "Value": self.days, "Unit": "None", "Dimensions": dimensions}


def secret_age(secrets_manager: Any, name: str, now: datetime) -> Days:
    """The age of a secret's current version; the secret itself may have changed since without a new value."""
    for version in _versions(secrets_manager, name):
        if CURRENT in version.get("VersionStages", ()):
            return Days("SecretAgeDays", (now - version["CreatedDate"]) / _DAY, ("Name", name))
    raise AgeMissing(f"secret {name} has no current version")


def _versions(secrets_manager: Any, name: str) -> Iterator[dict[str, Any]]:
    """The versions that have a label; boto3 has no paginator for this operation."""
    more: dict[str, str] = {}
    while True:
        page = secrets_manager.list_secret_version_ids(SecretId=name, **more)
        yield from page["Versions"]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def parameter_age(ssm: Any, name: str, now: datetime) -> Days:
    """The age of a parameter's latest version."""
    filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    for page in ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters):
        for one in page["Parameters"]:
            return Days("SecretAgeDays", (now - one["LastModifiedDate"]) / _DAY, ("Name", name))
    raise AgeMissing(f"parameter {name} does not exist")


def restore_test_age(cloudwatch: Any, backup: Any, namespace: str, plan: str, now: datetime) -> Days:
    """The age of the last successful restore test, or of the plan where there is none yet."""
    answer = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=RESTORE_TEST_SUCCESS,
        StartTime=now - timedelta(days=HISTORY_DAYS),
        EndTime=now,
        Period=_PERIOD_S,
        Statistics=["Maximum"],
    )
    successes = [point["Timestamp"] for point in answer["Datapoints"] if point["Maximum"] >= 1]
    if successes:
        last = max(successes)
    else:
        last = backup.get_restore_testing_plan(RestoreTestingPlanName=plan)["RestoreTestingPlan"][
            "CreationTime"
        ]
    return Days("RestoreTestAgeDays", (now - last) / _DAY)


def authority_days(rds: Any, database: str, now: datetime) -> Days:
    """The days for which the authority of the database's certificate is valid."""
    [instance] = rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    authority = instance["CACertificateIdentifier"]
    [found] = rds.describe_certificates(CertificateIdentifier=authority)["Certificates"]
    return Days("DatabaseCertificateAuthorityDays", (found["ValidTill"] - now) / _DAY)
