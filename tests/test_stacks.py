"""Runs each shipped stack in the sandbox: a first update, an unchanged one, and a rotation."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ops.checks.verify import verify
from ops.core.exits import Stop
from ops.destroy import destroy as ops_destroy
from sandbox import Result, Sandbox
from sandbox.engine.model import Resource
from sandbox.engine.state import State
from tests.accounts import application, own_account
from tests.ops.destroy.in_sandbox import context_of
from tests.program import STACKS
from tests.sandbox.account import existing

ENTRY_KEY, RING = "aiponge/entry-encryption-key", "aiponge/entry-encryption-keyring"


# pytest groups tests of one sandbox by its place in the list, so the lists of all tests begin alike.
ROTATED = ["staging", "prod"]


@pytest.fixture(scope="module", params=[*ROTATED, *(name for name in STACKS if name not in ROTATED)])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, config=own_account(request.param)) as opened:
        yield opened


@pytest.fixture(scope="module")
def before(sandbox: Sandbox) -> set[str]:
    """What AWS has in a new account, such as the default VPC."""
    return existing(sandbox)


@pytest.fixture(scope="module")
def first(sandbox: Sandbox, before: set[str]) -> Result:
    return sandbox.up(verify=verify)


@pytest.fixture(scope="module")
def second(sandbox: Sandbox, first: Result) -> Result:
    assert first.exit_code == 0, first.error
    return sandbox.up(verify=verify)


@pytest.mark.accepts("A31")
def test_a_stack_comes_up_and_verifies_without_finding(first: Result) -> None:
    assert first.error == ""
    assert [str(finding) for finding in first.verification.findings] == []
    assert first.exit_code == 0


def test_no_mandatory_policy_is_broken(first: Result) -> None:
    assert [f for f in first.findings if f.level == "mandatory"] == []


def test_a_second_update_changes_nothing(first: Result, second: Result) -> None:
    assert second.exit_code == 0, second.error
    assert second.counts == {"same": first.counts["create"]}


def test_no_output_is_secret(first: Result) -> None:
    assert first.secret_outputs == set()


def test_a_refresh_changes_nothing(sandbox: Sandbox, second: Result) -> None:
    result = sandbox.refresh()
    assert result.exit_code == 0, result.error
    assert result.counts == second.counts


def test_a_stack_is_not_destroyed_while_one_of_its_resources_is_protected(
    sandbox: Sandbox, second: Result
) -> None:
    assert [one for one in sandbox.state.resources.values() if one.protect]
    result = sandbox.destroy()
    assert result.exit_code == 1
    assert "cannot be deleted\nbecause it is protected" in result.error
    assert result.counts == {}


def empty(sandbox: Sandbox) -> None:
    """Delete what keeps a stack from going: logs in buckets, and Cloud Map services of Service Connect."""
    discovery = sandbox.client("servicediscovery")
    for one in discovery.list_services()["Services"]:
        discovery.delete_service(Id=one["Id"])
    s3 = sandbox.session.resource("s3")
    for one in sandbox.state.resources.values():
        if one.type == "aws:s3/bucket:Bucket":
            s3.Bucket(one.id).object_versions.delete()


def zones(resources: list[Resource]) -> set[str]:
    """The hosted zones that the stack only names."""
    return {
        f"route53 /hostedzone/{one.inputs['zoneId']}" for one in resources if one.type.endswith(":Record")
    }


def value(sandbox: Sandbox, name: str, stage: str = "AWSCURRENT") -> str:
    answer = sandbox.client("secretsmanager").get_secret_value(SecretId=name, VersionStage=stage)
    return answer["SecretString"]


def keys(sandbox: Sandbox) -> dict[int, dict[str, Any]]:
    return {entry["generation"]: entry for entry in json.loads(value(sandbox, RING))["keys"]}


@pytest.mark.parametrize("sandbox", ROTATED[:1], indirect=True)
def test_a_stack_from_before_the_reader_redeploy_was_a_component_keeps_all_its_resources(
    sandbox: Sandbox, second: Result
) -> None:
    sandbox.state = before_reader_redeploy(sandbox.state)
    third = sandbox.up()
    assert third.exit_code == 0, third.error
    changed = {(step.type, step.name, step.op) for step in third.steps if step.op != "same"}
    assert changed == {("strongroom:index:ReaderRedeploy", "rotation", "create")}
    assert third.counts["same"] == second.counts["same"] - 1


def before_reader_redeploy(state: State) -> State:
    """The same state with the children of ReaderRedeploy under the rotation, their former parent."""
    component = next(urn for urn in state.resources if urn.endswith("index:ReaderRedeploy::rotation"))
    del state.resources[component]
    return State.from_json(
        state.to_json().replace("strongroom:index:ReaderRedeploy", "strongroom:index:Rotation")
    )


@pytest.mark.accepts("A9", "A11")
@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("sandbox", ROTATED, indirect=True)
def test_three_rotations_in_a_row_touch_one_secret_and_keep_the_old_keys(sandbox: Sandbox) -> None:
    # After the tests above, whose sandbox it is too.
    first = keys(sandbox)
    assert value(sandbox, ENTRY_KEY) == first[1]["key"]
    known = {n: entry["key"] for n, entry in first.items()}
    for generation in (2, 3, 4):
        result = sandbox.up({"strongroom:secrets": {"entry-encryption-key": {"generation": generation}}})
        assert result.exit_code == 0, result.error
        changed = {(s.type.rsplit(":", 1)[1], s.name, s.op) for s in result.steps if s.op != "same"}
        assert changed == {
            ("RandomPassword", f"values-entry-encryption-key-g{generation + 1}", "create"),
            ("SecretVersion", "secrets-entry-encryption-key", "replace"),
            ("SecretVersion", "secrets-entry-encryption-key-ring", "replace"),
            # Their tags contain the generation in the store.
            ("Secret", "secrets-entry-encryption-key", "update"),
            ("Secret", "secrets-entry-encryption-key-ring", "update"),
        }
        ring = keys(sandbox)
        assert {n: ring[n]["key"] for n in known} == known
        assert value(sandbox, ENTRY_KEY) == known[generation] == ring[generation]["key"]
        assert value(sandbox, ENTRY_KEY, "AWSPREVIOUS") == known[generation - 1]
        assert len(base64.b64decode(value(sandbox, ENTRY_KEY))) == 32
        known[generation + 1] = ring[generation + 1]["key"]


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("sandbox", ["cinematch-staging"], indirect=True)
def test_a_rotated_parameter_stays_encrypted_with_the_stacks_key(sandbox: Sandbox) -> None:
    result = sandbox.up({"strongroom:secrets": {"db-password": {"generation": 2}}}, verify=verify)
    assert result.exit_code == 0, result.error
    assert [str(found) for found in result.verification.findings] == []


def test_a_stack_is_destroyed_to_an_empty_account_unless_it_is_of_production(
    sandbox: Sandbox, before: set[str], second: Result
) -> None:
    """The last test of a stack. What stays is what the program keeps, and what is not the stack's."""
    resources = list(sandbox.state.resources.values())
    if sandbox.stack not in ("staging", "cinematch-staging"):
        with pytest.raises(Stop, match="a production stack is not destroyed"):
            ops_destroy.destroy(context_of(sandbox), ops_destroy.How(write=True))
        assert list(sandbox.state.resources.values()) == resources
        return
    sandbox.unprotect([one.urn for one in resources if one.protect])
    planned = sandbox.destroy(preview=True).counts["delete"]
    refused = sandbox.destroy()
    assert "BucketNotEmpty" in refused.error
    empty(sandbox)
    result = sandbox.destroy()
    assert result.exit_code == 0, result.error
    assert refused.counts["delete"] + result.counts["delete"] == planned
    kept = {f"ecs {one.outputs['arn']}" for one in resources if one.inputs.get("skipDestroy")}
    bucket = f"s3 {application(sandbox.stack)}-pulumi-{sandbox.account}-{sandbox.region}"
    assert existing(sandbox) - before == {bucket, *zones(resources), *kept}
