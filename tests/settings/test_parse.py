"""Tests of parsing: all errors in one report, and no value that may be secret in it."""

from __future__ import annotations

import pytest
import yaml
from pydantic.alias_generators import to_camel

from settings import Settings, SettingsError, read_stack_file
from settings.stack_file import ROOT
from tests.settings.stack_files import REMOVED, accept, problems

CANARY = "hunter2-canary"


def test_all_mistakes_come_at_once() -> None:
    said = problems(
        ("database.backupRetentionDays", 3),
        ("network.azs", 1),
        ("database.instnceClass", "db.t4g.micro"),
        ("secrets.jwt-secret.readers", ["usr"]),
        ("application", REMOVED),
    )
    heads = {line.split(":")[0].split("=")[0] for line in said}
    assert {"network.azs", "database.instnceClass", "secrets.jwt-secret.readers", "application"} <= heads


def test_a_wrong_type_hides_no_other_error() -> None:
    said = problems(
        ("platform.services.user.minTasks", "two"),
        ("platform.services.user.colour", "red"),
        ("platform.gateway", "api-gate"),
        ("environment.production", "no"),
        ("network.flowLogDays", "two"),
        ("secrets.jwt-secret.rotateEvery", "often"),
        ("secrets.jwt-secret.readers", ["usr"]),
    )
    assert {line.split(":")[0].split("=")[0] for line in said} >= {
        "platform.services.user.minTasks",
        "platform.services.user.colour",
        "platform.gateway",
        "environment.production",
        "network.flowLogDays",
        "secrets.jwt-secret.rotateEvery",
        "secrets.jwt-secret.readers",
    }


def test_an_unknown_key_offers_the_nearest_known_one() -> None:
    assert problems(("database.instnceClass", "db.t4g.micro")) == [
        'database.instnceClass: unknown setting; did you mean "instanceClass"?'
    ]


def test_an_unknown_key_of_a_map_entry_offers_the_nearest_known_one() -> None:
    assert problems(("secrets.jwt-secret.reader", ["user"])) == [
        'secrets.jwt-secret.reader: unknown setting; did you mean "readers"?'
    ]


def test_an_unknown_object_offers_the_nearest_known_one() -> None:
    assert problems(("databse", {})) == ['databse: unknown setting; did you mean "database"?']


def test_a_wrong_value_is_shown_with_what_would_be_right() -> None:
    assert problems(("network.nat", "both")) == [
        "network.nat=both: input should be 'per_az', 'single' or 'none'"
    ]


@pytest.mark.attack(12)
@pytest.mark.parametrize(
    "change",
    [
        ("secrets.jwt-secret.value", CANARY),
        ("secrets.jwt-secret", CANARY),
        ("platform.services.user.secret", CANARY),
        ("password", CANARY),
        ("network.password", {"nested": CANARY}),
        ("database", CANARY),
    ],
)
def test_a_secret_in_a_wrong_place_is_refused_without_showing_it(change: tuple[str, str]) -> None:
    said = problems(change)
    assert said
    assert CANARY not in "\n".join(said)


@pytest.mark.attack(4)
def test_an_encrypted_value_outside_values_is_refused() -> None:
    (said,) = problems(secure_paths=("database.password",))
    assert said.startswith("database.password: encrypted values belong under strongroom:values")


def test_example_values_are_refused_all_at_once_outside_the_sandbox() -> None:
    said = problems(examples_allowed=False)
    heads = {line.split("=")[0].split(":")[0] for line in said}
    assert heads == {
        "accountId",
        "administrators",
        "edge.domain",
        "monitoring.email",
        "delivery.owner",
        "delivery.ownerId",
        "delivery.repositoryId",
    }


def test_real_values_are_accepted_outside_the_sandbox() -> None:
    settings = accept(
        ("accountId", "999988887777"),
        ("administrators", ["arn:aws:iam::999988887777:role/aiponge-pulumi-up"]),
        ("edge.domain", "api.aiponge.app"),
        ("monitoring.email", "oncall@aiponge.app"),
        ("delivery.owner", "aiponge"),
        ("delivery.ownerId", 5),
        ("delivery.repositoryId", 6),
        examples_allowed=False,
    )
    assert settings.account_id == "999988887777"


def test_an_unknown_stack_names_those_that_exist() -> None:
    with pytest.raises(SettingsError, match=r"choose one of: .*prod.*staging"):
        read_stack_file("production-typo")


def test_the_project_declares_every_key_and_nothing_the_engine_does_not_know() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert set(declared) == {*map(to_camel, Settings.model_fields), "values"}
    for declaration in declared.values():
        assert declaration.keys() <= {"type", "default", "description", "items"}
