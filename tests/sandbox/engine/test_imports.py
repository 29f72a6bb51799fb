"""A resource that exists already is taken into the state by its id, if the program declares it as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.sandbox.toy import ops, project, sandbox

SECRET = """
aws.secretsmanager.Secret("s", name="adopted", description=config.get("v") or "one",
                          opts=pulumi.ResourceOptions(import_=config.require("id")))
"""
DATABASE = """
aws.rds.Instance("d", identifier="adopted", engine="postgres", engine_version="16.3", username="admin_user",
                 instance_class="db.t3.micro", allocated_storage=20, backup_retention_period=7,
                 opts=pulumi.ResourceOptions(import_="adopted"))
"""


def existing_secret(here: Sandbox) -> str:
    return here.client("secretsmanager").create_secret(Name="adopted", Description="one")["ARN"]


def test_an_existing_secret_is_imported_and_then_stays_the_same(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, SECRET)) as here:
        arn = existing_secret(here)
        assert ops(here.preview({"id": arn}))["s"] == "import"
        result = here.up({"id": arn})
        assert result.exit_code == 0, result.error
        assert ops(result)["s"] == "import"
        assert result.find("Secret", "s").id == arn
        assert ops(here.up({"id": arn}))["s"] == "same"
        assert ops(here.refresh())["s"] == "same"


def test_an_existing_database_is_imported_by_its_identifier(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, DATABASE)) as here:
        rds = here.client("rds")
        made = rds.create_db_instance(
            DBInstanceIdentifier="adopted",
            Engine="postgres",
            EngineVersion="16.3",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="admin_user",
            MasterUserPassword="canary-value",
            BackupRetentionPeriod=7,
        )["DBInstance"]
        result = here.up()
        assert result.exit_code == 0, result.error
        assert result.find("Instance", "d").id == made["DbiResourceId"]
        assert ops(here.up())["d"] == "same"


@pytest.mark.parametrize("preview", [True, False])
def test_a_program_that_declares_something_else_does_not_import(tmp_path: Path, preview: bool) -> None:
    with sandbox(project(tmp_path, SECRET)) as here:
        asked = {"id": existing_secret(here), "v": "two"}
        result = here.preview(asked) if preview else here.up(asked)
        assert result.exit_code == 1
        assert "inputs to import do not match the existing resource: description" in result.error


def test_an_import_of_nothing_is_an_error(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, SECRET)) as here:
        result = here.up({"id": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:none-AAAAAA"})
        assert result.exit_code == 1
        assert "does not exist" in result.error
