"""Tests of Database: private, encrypted, backed up, TLS only, no parameter values in its log."""

from __future__ import annotations

import re

import pytest

from tests.components.alone import database
from tests.components.stand_ins import ISOLATED, key_arn
from tests.harness import Deployment, Registered


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return database()


@pytest.fixture(scope="module")
def instance(prod: Deployment) -> Registered:
    return prod.only("aws:rds/instance:Instance")


@pytest.mark.accepts("A15", "A16", "A36")
def test_storage_is_encrypted_with_our_data_key(instance: Registered) -> None:
    key = key_arn("data")
    assert instance["storageEncrypted"] is True
    assert instance["kmsKeyId"] == key
    assert instance["performanceInsightsKmsKeyId"] == key
    assert instance["masterUserSecretKmsKeyId"] == key


@pytest.mark.accepts("A19")
def test_it_has_no_public_address(instance: Registered) -> None:
    assert instance["publiclyAccessible"] is False


@pytest.mark.accepts("A19", "A23")
def test_it_lies_in_the_isolated_subnets(prod: Deployment, instance: Registered) -> None:
    group = prod.only("aws:rds/subnetGroup:SubnetGroup")
    assert group["subnetIds"] == ISOLATED.subnet_ids
    assert instance["dbSubnetGroupName"] == group["name"]


@pytest.mark.accepts("A20", "A28")
def test_it_is_in_the_database_group_only(instance: Registered) -> None:
    assert instance["vpcSecurityGroupIds"] == ["sg-rds"]


@pytest.mark.accepts("A33")
def test_its_master_password_is_never_in_the_state(instance: Registered) -> None:
    assert instance["manageMasterUserPassword"] is True
    assert "password" not in instance.inputs


@pytest.mark.accepts("A52")
def test_its_admin_has_a_name_of_its_own(instance: Registered) -> None:
    assert instance["username"] == "aiponge_admin"


@pytest.mark.accepts("A42")
@pytest.mark.parametrize(("stack", "days"), [("prod", 14), ("staging", 7)])
def test_backups_are_kept_at_least_a_week(stack: str, days: int) -> None:
    assert database(stack).only("aws:rds/instance:Instance")["backupRetentionPeriod"] == days


@pytest.mark.accepts("A42")
def test_production_is_hard_to_lose(instance: Registered) -> None:
    assert instance["deletionProtection"] is True
    assert instance["deleteAutomatedBackups"] is False
    assert instance["skipFinalSnapshot"] is False
    assert re.fullmatch("aiponge-rds-final-[0-9]{8}", instance["finalSnapshotIdentifier"])
    assert instance["copyTagsToSnapshot"] is True
    assert instance["multiAz"] is True
    assert instance.protect is True


@pytest.mark.accepts("A18", "A37")
def test_the_server_refuses_connections_without_tls(prod: Deployment, instance: Registered) -> None:
    group = prod.only("aws:rds/parameterGroup:ParameterGroup")
    parameters = {p["name"]: p["value"] for p in group["parameters"]}
    assert parameters["rds.force_ssl"] == "1"
    assert instance["parameterGroupName"] == group["name"]


@pytest.mark.accepts("A18")
def test_its_certificate_is_of_a_living_authority(instance: Registered) -> None:
    assert instance["caCertIdentifier"] == "rds-ca-rsa2048-g1"


@pytest.mark.accepts("A52")
def test_its_log_shows_logins_and_slow_statements_and_no_values(prod: Deployment) -> None:
    group = prod.only("aws:rds/parameterGroup:ParameterGroup")
    assert {p["name"]: p["value"] for p in group["parameters"]} == {
        "rds.force_ssl": "1",
        "log_connections": "1",
        "log_disconnections": "1",
        "log_statement": "ddl",
        "log_min_duration_statement": "1000",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
        "pgaudit.log": "ddl,role",
    }


@pytest.mark.accepts("A52")
def test_a_parameter_that_needs_a_restart_waits_for_one(prod: Deployment) -> None:
    group = prod.only("aws:rds/parameterGroup:ParameterGroup")
    assert {p["name"] for p in group["parameters"] if p["applyMethod"] == "pending-reboot"} == {
        "shared_preload_libraries",
        "rds.force_ssl",
    }


@pytest.mark.accepts("A40")
def test_its_logs_go_to_declared_encrypted_groups(prod: Deployment, instance: Registered) -> None:
    exports = instance["enabledCloudwatchLogsExports"]
    assert set(exports) == {"postgresql", "upgrade", "iam-db-auth-error"}
    groups = {g["name"]: g for g in prod.all("LogGroup")}
    for export in exports:
        group = groups[f"/aws/rds/instance/aiponge-rds/{export}"]
        assert group["kmsKeyId"] == key_arn("logs")
        assert group["retentionInDays"] == 365
        assert group.urn in instance.depends_on


@pytest.mark.accepts("A52")
def test_it_is_watched_closely(prod: Deployment, instance: Registered) -> None:
    assert instance["monitoringInterval"] == 60
    assert instance["monitoringRoleArn"] == prod.named("database-monitoring", "Role").arn
    assert instance["performanceInsightsEnabled"] is True
    assert instance["databaseInsightsMode"] == "standard"
    assert instance["iamDatabaseAuthenticationEnabled"] is True


def test_it_takes_minor_upgrades_in_its_window_and_major_ones_never_by_itself(instance: Registered) -> None:
    assert instance["autoMinorVersionUpgrade"] is True
    assert instance["allowMajorVersionUpgrade"] is False
    assert instance["applyImmediately"] is False


@pytest.mark.parametrize(("version", "ignored"), [("15", ()), ("15.4", ("engineVersion",))])
def test_the_minor_version_of_an_adopted_instance_is_left_to_rds(
    version: str, ignored: tuple[str, ...]
) -> None:
    one = database(engine_version=version).only("aws:rds/instance:Instance")
    assert (one["engineVersion"], one.ignore_changes) == (version, ignored)


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_it_is_protected_and_leaves_a_snapshot_in_every_environment(stack: str) -> None:
    one = database(stack).only("aws:rds/instance:Instance")
    assert one.protect is True
    assert one["skipFinalSnapshot"] is False
    assert one["finalSnapshotIdentifier"]
