"""A deletion that would stop half-way, or must not happen, is refused before it begins."""

from __future__ import annotations

from typing import Any, cast

import pytest
from moto.backends import get_backend

from ops.core.exits import Exit
from ops.destroy.deletion import BACKUP_VAULT, DATABASE, LOAD_BALANCER, REPLICATION_GROUP
from ops.destroy.destroy import How, destroy
from ops.destroy.plan import final_snapshot
from tests.ops.destroy.small_engine import Account, resource
from tests.ops.rotation.small_stack import Killed, refusal
from tests.ops.rotation.standing import ACCOUNT, REGION

APPLY = How(write=True)
NAME = "aiponge-rds"


def refused(filled: Account, how: How = APPLY) -> str:
    said = refusal(Exit.REFUSED, lambda: destroy(filled.context(), how))
    assert "nothing was deleted" in said
    assert (filled.engine.deletions, filled.engine.unprotected) == (0, [])
    return said


def database(filled: Account, *, protection: bool) -> None:
    filled.client("rds").create_db_instance(
        DBInstanceIdentifier=NAME,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="aiponge_admin",
        MasterUserPassword="not-a-real-one",
        AllocatedStorage=20,
        DeletionProtection=protection,
    )
    filled.engine.left.append(
        resource(DATABASE, NAME, identifier=NAME, finalSnapshotIdentifier=f"{NAME}-final-12345678")
    )


def test_a_production_stack_is_refused(filled: Account) -> None:
    file = filled.stack.root / "Pulumi.staging.yaml"
    text = file.read_text()
    assert "production: false" in text
    backup = "  strongroom:backup: {copyRegion: eu-central-1, tables: {lib_entries: 1}}\n"
    file.write_text(text.replace("production: false", "production: true") + backup)
    context = filled.context()
    context.settings = context.settings.model_copy(
        update={"environment": context.settings.environment.model_copy(update={"production": True})}
    )
    said = refusal(Exit.REFUSED, lambda: destroy(context, APPLY))
    assert "strongroom:environment.production is true: a production stack is not destroyed" in said
    assert filled.engine.deletions == 0


def test_a_dry_run_says_so_too(filled: Account) -> None:
    database(filled, protection=True)
    assert "deletion protection is on" in refused(filled, How())


def test_a_database_that_aws_protects_is_refused(filled: Account) -> None:
    database(filled, protection=True)
    assert (
        f"database {NAME}: deletion protection is on in AWS; set strongroom:database.deletionProtection"
        in refused(filled)
    )


def test_a_database_without_protection_is_not_refused(filled: Account) -> None:
    database(filled, protection=False)
    assert destroy(filled.context(), How()) == Exit.DONE


def test_a_load_balancer_that_aws_protects_is_refused(filled: Account) -> None:
    client, ec2 = filled.client("elbv2"), filled.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"eu-west-1{z}")["Subnet"][
            "SubnetId"
        ]
        for n, z in enumerate("ab")
    ]
    arn = client.create_load_balancer(Name="aiponge-alb", Subnets=subnets)["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    filled.engine.left.append(resource(LOAD_BALANCER, arn, name="aiponge-alb"))
    on = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    client.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=on)
    assert "load balancer aiponge-alb: deletion protection is on" in refused(filled)
    off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    client.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=off)
    assert destroy(filled.context(), How()) == Exit.DONE


def test_a_final_snapshot_whose_name_is_taken_is_refused(filled: Account) -> None:
    database(filled, protection=False)
    name = f"{NAME}-final-12345678"
    filled.client("rds").create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier=name)
    assert f"final snapshot {name} exists: AWS would not delete {NAME}" in refused(filled)


@pytest.mark.parametrize("region", [None, "eu-central-1"])
def test_a_vault_with_recovery_points_is_refused(filled: Account, region: str | None) -> None:
    where = region or REGION
    filled.stack.session.client("backup", region_name=where).create_backup_vault(BackupVaultName="kept")
    backends: Any = cast(Any, get_backend)("backup")
    vault = backends[ACCOUNT][where].vaults["kept"]
    filled.engine.left.append(resource(BACKUP_VAULT, "kept", region=region))
    vault.num_of_recovery_points = 2
    assert f"backup vault kept in {where} has 2 recovery points" in refused(filled)
    vault.num_of_recovery_points = 0
    assert destroy(filled.context(), How()) == Exit.DONE


def test_an_open_operation_is_refused_by_its_name(filled: Account) -> None:
    filled.stack.update()
    with pytest.raises(Killed):
        filled.stack.rotate("redis-url", at="record written")
    assert "rotate redis-url is in progress" in refused(filled)


@pytest.mark.parametrize(
    ("kind", "inputs", "name"),
    [
        (DATABASE, {"finalSnapshotIdentifier": "one"}, "one"),
        (DATABASE, {"finalSnapshotIdentifier": "one", "skipFinalSnapshot": True}, None),
        (REPLICATION_GROUP, {"finalSnapshotIdentifier": "two"}, "two"),
        (REPLICATION_GROUP, {}, None),
        ("aws:s3/bucket:Bucket", {"finalSnapshotIdentifier": "three"}, None),
    ],
)
def test_the_final_snapshot_of_a_resource_is_known(
    kind: str, inputs: dict[str, Any], name: str | None
) -> None:
    assert final_snapshot(resource(kind, "any", **inputs)) == name
