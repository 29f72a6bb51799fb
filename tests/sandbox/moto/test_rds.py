"""Tests of the master password that RDS stores in Secrets Manager."""

from __future__ import annotations

import json

import boto3


def test_a_master_password_that_rds_keeps_is_another_after_its_rotation(session: boto3.Session) -> None:
    rds, store = session.client("rds"), session.client("secretsmanager")
    rds.create_db_instance(
        DBInstanceIdentifier="d",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="m",
        ManageMasterUserPassword=True,
    )
    (one,) = rds.describe_db_instances()["DBInstances"]
    secret = one["MasterUserSecret"]["SecretArn"]
    before = json.loads(store.get_secret_value(SecretId=secret)["SecretString"])
    rds.modify_db_instance(DBInstanceIdentifier="d", RotateMasterUserPassword=True, ApplyImmediately=True)
    after = json.loads(store.get_secret_value(SecretId=secret)["SecretString"])
    assert after["username"] == before["username"]
    assert after["password"] not in ("", before["password"])
