"""Checks the host in cinematch's stacks: created after its parameters, patched, updated on changes."""

from __future__ import annotations

import pytest

from tests.harness import Deployment
from tests.program import run_program, shipped

PRODUCTION, STAGING = "cinematch-production", "cinematch-staging"
SECRETS = ("django-secret-key", "db-password", "tmdb-token", "llm-api-key")
PLAIN = ("db-host", "db-name", "db-username", "dockerhub-image", "domain-name")
HEARD = ("django-secret-key", "django-secret-key-previous", *SECRETS[1:], *PLAIN)
STACKS = pytest.mark.parametrize("name", [PRODUCTION, STAGING])


@pytest.fixture(scope="module")
def production() -> Deployment:
    return shipped(PRODUCTION)


def test_it_boots_after_its_parameters_and_the_listener_before_it(production: Deployment) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in production.only("aws:autoscaling/group:Group").depends_on}
    assert {f"secrets-{name}" for name in SECRETS} <= waits
    assert {f"parameters-{name}" for name in PLAIN} <= waits
    assert "edge-https" in waits


@STACKS
def test_plain_parameters_are_strings_at_their_exact_names(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    found = {one["name"]: one for one in shipped(name).all("aws:ssm/parameter:Parameter")}
    for plain in PLAIN:
        parameter = found[f"/cinematch/{environment}/{plain}"]
        assert parameter["type"] == "String"
        assert not parameter.secrets
    assert found[f"/cinematch/{environment}/db-host"]["insecureValue"] == "db.internal"
    assert found[f"/cinematch/{environment}/db-username"]["insecureValue"] == "cinematch_admin"


@pytest.mark.accepts("B62")
def test_patching_finds_it_by_the_tag_that_its_group_gives_it(production: Deployment) -> None:
    tags = {tag["key"]: tag["value"] for tag in production.only("aws:autoscaling/group:Group")["tags"]}
    assert tags["PatchGroup"] == production.only("PatchGroup")["patchGroup"]
    wanted = production.only("MaintenanceWindowTarget")["targets"]
    assert {one["key"]: one["values"] for one in wanted} == {
        f"tag:{key}": [tags[key]] for key in ("App", "Env")
    }


@pytest.mark.accepts("B15")
def test_its_agents_write_to_the_log_groups_of_sessions_and_commands(production: Deployment) -> None:
    policy = production.named("host-agents", "RolePolicy")["policy"]
    for name in ("sessions-sessions", "sessions-commands"):
        assert f"log-group:{production.named(name, 'LogGroup')['name']}:" in policy
    assert production.named("keys-sessions", "Key").arn in policy


@pytest.mark.accepts("B47")
@STACKS
def test_a_change_of_each_declared_parameter_runs_the_update_document(name: str) -> None:
    deployed = shipped(name)
    pattern = deployed.named("refresh-rule", "EventRule").document("eventPattern")
    environment = name.removeprefix("cinematch-")
    assert pattern["detail"]["name"] == [f"/cinematch/{environment}/{one}" for one in HEARD]
    assert deployed.named("refresh-target")["arn"] == deployed.named("delivery-update", "Document").arn


def test_first_values_are_not_heard(production: Deployment) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in production.named("refresh-rule", "EventRule").depends_on}
    assert "host-group" in waits


def test_a_stack_without_a_pipeline_has_no_document_to_run() -> None:
    deployed = run_program(STAGING, {"strongroom:delivery": None})
    assert [one.name for one in deployed.resources if one.name.startswith("refresh")] == []
