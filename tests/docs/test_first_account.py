"""The AWS commands of docs/operations/first-account.md exist, with their options, in botocore's models."""

from __future__ import annotations

import shlex

import botocore.session
import pytest
from botocore import xform_name

from tests.docs.commands import commands_in
from tests.program import ROOT

PAGE = ROOT / "docs" / "operations" / "first-account.md"
COMMANDS = [one for one in commands_in(PAGE.read_text()) if one.startswith("aws ") and " s3 " not in one]
GLOBAL = {"query"}
SERVICES = {"configservice": "config"}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_aws_command_is_an_operation_with_these_options(command: str) -> None:
    _, service, operation, *rest = shlex.split(command)
    model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[operation]).input_shape
    members = {xform_name(name, "-") for name in shape.members} if shape else set()
    options = {one.removeprefix("--").removeprefix("no-") for one in rest if one.startswith("--")}
    assert options <= members | GLOBAL


def test_the_page_has_commands_of_the_aws_cli() -> None:
    assert len(COMMANDS) > 10
