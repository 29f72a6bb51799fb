"""Tests of the database's checks: each weakened setting is found by its own check."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo

NAME = "aiponge-rds"
A42, A52 = pytest.mark.accepts("A42"), pytest.mark.accepts("A52")


def _modified(**changes: Any) -> Make:
    """Change one setting, and restore the former value."""

    def make(live: Live) -> Undo:
        rds = live.client("rds")
        before = rds.describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"][0]
        rds.modify_db_instance(DBInstanceIdentifier=NAME, ApplyImmediately=True, **changes)
        back = {key: _before(before, key) for key in changes}
        return lambda: rds.modify_db_instance(DBInstanceIdentifier=NAME, ApplyImmediately=True, **back)

    return make


def _before(instance: dict[str, Any], parameter: str) -> Any:
    if parameter == "EnableIAMDatabaseAuthentication":
        return instance["IAMDatabaseAuthenticationEnabled"]
    if parameter == "CloudwatchLogsExportConfiguration":
        return {"EnableLogTypes": instance["EnabledCloudwatchLogsExports"], "DisableLogTypes": []}
    if parameter == "VpcSecurityGroupIds":
        return [group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]]
    return instance[parameter]


def _parameter(name: str, value: str) -> Make:
    def make(live: Live) -> Undo:
        rds = live.client("rds")
        listed = rds.describe_db_parameters(DBParameterGroupName="aiponge-postgres17")["Parameters"]
        before = next(one for one in listed if one["ParameterName"] == name)

        def put(given: str) -> None:
            one = {**before, "ParameterValue": given}
            rds.modify_db_parameter_group(DBParameterGroupName="aiponge-postgres17", Parameters=[one])

        put(value)
        return lambda: put(before["ParameterValue"])

    return make


def _stored(attribute: str, value: Any) -> Make:
    """Change in moto's backend what no API call can change."""

    def make(live: Live) -> Undo:
        instance = live.backend("rds").databases[NAME]
        before = getattr(instance, attribute)
        setattr(instance, attribute, value)
        return lambda: setattr(instance, attribute, before)

    return make


def in_private_subnets(live: Live) -> Undo:
    private = live.client("ec2").describe_subnets(Filters=[{"Name": "tag:Tier", "Values": ["private"]}])
    ids = [subnet["SubnetId"] for subnet in private["Subnets"]]
    group = live.backend("rds").databases[NAME].db_subnet_group
    before = group._subnets
    group._subnets = live.backend("ec2").describe_subnets(subnet_ids=ids)
    return lambda: setattr(group, "_subnets", before)


def second_database(live: Live) -> Undo:
    rds = live.client("rds")
    before = rds.describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"][0]
    rds.create_db_instance(
        DBInstanceIdentifier="by-hand",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="somebody",
        MasterUserPassword="not-a-real-password",
        DBSubnetGroupName=before["DBSubnetGroup"]["DBSubnetGroupName"],
    )
    return lambda: rds.delete_db_instance(DBInstanceIdentifier="by-hand", SkipFinalSnapshot=True)


SLIPS = [
    pytest.param(
        _modified(PubliclyAccessible=True), "database-private", marks=pytest.mark.accepts("A19"), id="public"
    ),
    pytest.param(
        _modified(VpcSecurityGroupIds=["sg-00000000000000000"]),
        "database-private",
        marks=pytest.mark.accepts("A20"),
        id="another_group",
    ),
    pytest.param(in_private_subnets, "database-private", marks=pytest.mark.accepts("A19", "A23")),
    pytest.param(second_database, "database-present", marks=pytest.mark.accepts("A19")),
    pytest.param(
        _stored("storage_encrypted", False),
        "database-encrypted",
        marks=pytest.mark.accepts("A15", "A36"),
        id="unencrypted",
    ),
    pytest.param(
        _stored("kms_key_id", "arn:aws:kms:eu-west-1:222233334444:key/of-aws"),
        "database-encrypted",
        marks=pytest.mark.accepts("A16"),
        id="key_of_aws",
    ),
    pytest.param(
        _parameter("rds.force_ssl", "0"),
        "database-tls",
        marks=pytest.mark.accepts("A18", "A37"),
        id="tls_optional",
    ),
    pytest.param(
        _modified(CACertificateIdentifier="rds-ca-2019"),
        "database-tls",
        marks=pytest.mark.accepts("A18"),
        id="old_ca",
    ),
    pytest.param(
        _parameter("log_statement", "all"),
        "database-parameters",
        marks=A52,
        id="logs_values",
    ),
    pytest.param(
        _parameter("log_connections", "0"),
        "database-parameters",
        marks=A52,
        id="connections_unlogged",
    ),
    pytest.param(
        _parameter("shared_preload_libraries", "pg_stat_statements"),
        "database-parameters",
        marks=A52,
        id="no_audit",
    ),
    pytest.param(
        _modified(BackupRetentionPeriod=6),
        "database-backups",
        marks=A42,
        id="six_days",
    ),
    pytest.param(
        _modified(CopyTagsToSnapshot=False),
        "database-backups",
        marks=A42,
        id="untagged",
    ),
    pytest.param(
        _modified(EnableIAMDatabaseAuthentication=False),
        "database-operation",
        marks=A52,
        id="no_iam_login",
    ),
    pytest.param(
        _modified(MonitoringInterval=0),
        "database-operation",
        marks=A52,
        id="unwatched",
    ),
    pytest.param(
        _stored("enabled_cloudwatch_logs_exports", ["upgrade"]),
        "database-operation",
        marks=pytest.mark.accepts("A40", "A52"),
        id="logs_kept_inside",
    ),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_database_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.accepts("A42")
def test_protection_that_production_declares_is_missed_when_it_is_off(live: Live) -> None:
    from ops.checks.verify import AwsState
    from ops.checks.verify.data.database import backups

    database = live.settings.database
    assert database is not None
    protected = database.model_copy(update={"deletion_protection": True})
    strict = live.settings.model_copy(update={"database": protected})
    unprotected = _stored("deletion_protection", False)
    undo = unprotected(live)
    try:
        problems = [one.problem for one in backups(AwsState(strict, live.sandbox.session))]
    finally:
        undo()
    assert problems == ["its deletion protection is off"]
