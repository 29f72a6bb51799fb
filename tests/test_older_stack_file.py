"""Tests that an update or preview with an older stack file changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from ops.core.stack_edit import with_number, with_revoked
from ops.rotation.seeds import urns
from sandbox import Result, Sandbox
from settings import read_stack_file
from settings.store_state import Retirement, retirement_parameter, retirement_text
from tests.ops.stack_folder import copied

KEY, RING = "entry-encryption-key", "aiponge/entry-encryption-keyring"
# The lookups, values and stores of the real program: the whole program would take seconds.
PROGRAM = """
import pulumi
import pulumi_aws as aws
from aws_lookups import look_up
from components.kms import Keys, KeysArgs
from components.secrets import Secrets, SecretsArgs, Values, ValuesArgs
from settings.grants import grants
from settings.load import load

settings = load()
provider = aws.Provider("aws", region=settings.region, default_tags={"tags": settings.tags})
own = pulumi.ResourceOptions(provider=provider)
facts = look_up(settings, provider)
values = Values(
    "values", ValuesArgs(secrets=settings.secrets, supplied={}, stored_kids=facts.kids), own
)
keys = Keys("keys", KeysArgs(names=settings.names, grants=grants(settings)), own)
Secrets(
    "secrets",
    SecretsArgs(
        names=settings.names, grants=grants(settings), values=values, key_arn=keys.arns["secrets"], urls={}
    ),
    own,
)
"""
_accounts = (str(number) for number in count(777788880001))


@dataclass
class Folder:
    """A checkout whose stack file may be edited, and its emulated account."""

    sandbox: Sandbox
    file: Path

    def up(self) -> Result:
        return self.sandbox.up(policies=False)

    def preview(self) -> Result:
        return self.sandbox.preview(policies=False)

    def set(self, field: str, value: int) -> None:
        self.file.write_text(with_number(self.file.read_text(), KEY, field, value))

    def stored(self) -> dict[str, str]:
        client = self.sandbox.client("secretsmanager")
        names = [one["Name"] for one in client.list_secrets(MaxResults=100)["SecretList"]]
        found = {}
        for name in names:
            try:
                found[name] = client.get_secret_value(SecretId=name)["SecretString"]
            except client.exceptions.ResourceNotFoundException:
                continue  # what a rotation function fills
        return found

    def refusals(self) -> list[str]:
        """The errors of an update and a preview with this file, which must change nothing."""
        before, state = self.stored(), dict(self.sandbox.state.resources)
        said = []
        for refused in (self.preview(), self.up()):
            assert refused.exit_code != 0
            assert not [step for step in refused.steps if step.op not in ("same", "create")]
            said.append(refused.error)
        assert self.stored() == before
        assert self.sandbox.state.resources == state
        return said


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """Staging's secrets, with generation 2 of one key as the current one."""
    root = copied(tmp_path / "program", "staging", next(_accounts))
    (root / "__main__.py").unlink()
    (root / "__main__.py").write_text(PROGRAM)
    with Sandbox("staging", root=root) as sandbox:
        made = Folder(sandbox, root / "Pulumi.staging.yaml")
        for generation in (1, 2):
            made.set("generation", generation)
            brought_up = made.up()
            assert brought_up.exit_code == 0, brought_up.error
        yield made


@pytest.mark.finding(1)
def test_a_lower_generation_is_refused_and_changes_nothing(folder: Folder) -> None:
    folder.set("generation", 1)
    for said in folder.refusals():
        assert f"secrets.{KEY}.generation=1: the store has 2" in said
        assert said.endswith("pull the change")
    folder.set("generation", 2)
    before = folder.stored()
    assert {step.op for step in folder.up().steps} == {"same"}
    assert folder.stored() == before


@pytest.mark.finding(1)
def test_a_key_is_dropped_by_hand_only_with_its_proof(folder: Folder) -> None:
    folder.set("minGeneration", 2)
    for said in folder.refusals():
        assert re.search(rf"secrets.{KEY}: the store has generation 1, .* no proof", said)
    settings = read_stack_file("staging", folder.file.parent)
    folder.sandbox.client("ssm").put_parameter(
        Name=retirement_parameter(settings.names, KEY), Value=retirement_text(Retirement(2)), Type="String"
    )
    (seed,) = urns("staging", KEY, settings.secrets[KEY], (1,))
    kept = folder.up()
    assert f'resource "{seed}" cannot be deleted\nbecause it is protected' in kept.error
    assert seed in folder.sandbox.state.resources
    folder.sandbox.unprotect([seed])
    done = folder.up()
    assert done.exit_code == 0, done.error
    assert seed not in folder.sandbox.state.resources
    assert '"generation":1' not in folder.stored()[RING]
    folder.set("minGeneration", 1)
    for said in folder.refusals():
        assert "the oldest in the store is 2" in said


@pytest.mark.finding(1)
def test_a_current_key_that_is_revoked_by_hand_is_refused(folder: Folder) -> None:
    folder.set("generation", 3)
    folder.file.write_text(with_revoked(folder.file.read_text(), KEY, 2))
    for said in folder.refusals():
        assert f"secrets.{KEY}: the store has generation 2" in said


@pytest.mark.finding(1)
def test_a_state_that_lost_a_seed_makes_no_other_key_of_its_generation(folder: Folder) -> None:
    lost = next(urn for urn in folder.sandbox.state.resources if urn.endswith(f"::values-{KEY}-g1"))
    del folder.sandbox.state.resources[lost]
    before = folder.stored()
    refused = folder.up()
    assert refused.exit_code != 0
    assert f"secrets.{KEY}: generation 1 is the key " in refused.error
    assert folder.stored() == before
    again = folder.preview()
    assert again.exit_code != 0
    assert f"secrets.{KEY}: generation 1 is the key " in again.error
