"""The Pulumi engine rotates, withdraws, renames and refuses as the in-process engine does."""

from __future__ import annotations

from typing import Any

import pytest

from ops.core.exits import Exit
from ops.destroy.destroy import How, destroy
from sandbox import Result, samples
from tests.engine import secret_values
from tests.engine.both import Both
from tests.engine.renamed import renamed
from tests.ops.destroy.in_sandbox import context_of, left_in

STACKS = ("staging", "cinematch-staging")
SERVICES = ["api-gateway", "system", "storage", "user", "ai-config", "ai-content", "ai-analytics"]
ROTATED: dict[str, Any] = {
    "staging": {"secrets": {"internal-service-secret": {"generation": 2}}},
    "cinematch-staging": {"secrets": {"db-password": {"generation": 2}}},
}
# What `ops rotate --compromised` writes: a keyring's next key is skipped, an overlapping value is revoked.
COMPROMISED: dict[str, Any] = {
    "staging": {"secrets": {"jwt-secret": {"revoked": [2], "generation": 3}}},
    "cinematch-staging": {"secrets": {"django-secret-key": {"revoked": [1], "generation": 2}}},
}
# Values that only the state holds are protected; the command unprotects those that a revocation deletes.
UNPROTECTED = {"staging": ("values-jwt-secret-g2",), "cinematch-staging": ()}
WITHDRAWN: dict[str, Any] = {
    "staging": {
        "secrets": {"internal-service-secret": {"readers": SERVICES}},
        "platform": {"services": {"music": {"requiredEnv": ["DATABASE_URL"]}}},
    },
    "cinematch-staging": {"secrets": {"django-secret-key": {"readers": ["host"]}}},
}
each = pytest.mark.parametrize("both", STACKS, indirect=True, scope="session")


def changed(result: Result) -> set[tuple[str, str]]:
    """(operation, type) of every step that changes something."""
    return {(step.op, step.type.rpartition(":")[2]) for step in result.steps if step.op != "same"}


def succeeded(result: Result) -> Result:
    assert result.exit_code == 0, result.error
    return result


@pytest.mark.parametrize("both", ["cinematch-staging"], indirect=True, scope="session")
def test_the_pack_without_its_configuration_refuses_a_host(
    running: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "policy_config", lambda root, config: {})
    result = running.preview()
    assert result.exit_code == 1
    assert [found for found in result.findings if found.stops]


@each
def test_a_rotation_replaces_versions_and_no_other_resource(running: Both) -> None:
    running.change(ROTATED[running.pulumi.stack])
    result = succeeded(running.up())
    assert {op for op, _ in changed(result)} <= {"create", "update", "replace", "delete"}
    assert any(type_ in ("SecretVersion", "Parameter") for _, type_ in changed(result))


@each
def test_a_compromised_key_is_deleted_only_when_it_is_unprotected(running: Both) -> None:
    stack = running.pulumi.stack
    running.change(COMPROMISED[stack])
    if UNPROTECTED[stack]:
        assert running.preview().exit_code == 1
    running.unprotect(UNPROTECTED[stack])
    succeeded(running.up())


@each
def test_a_withdrawn_reader_loses_its_permissions_in_place(running: Both) -> None:
    running.change(WITHDRAWN[running.pulumi.stack])
    result = succeeded(running.up())
    assert {op for op, _ in changed(result)} <= {"update", "create", "replace", "delete"}
    assert ("update", "RolePolicy") in changed(result)


@each
def test_a_renamed_component_with_an_alias_keeps_its_resources(running: Both) -> None:
    with renamed(running, "topics", "alert-topics"):
        assert changed(succeeded(running.preview())) == set()


@each
def test_a_change_by_hand_is_seen_by_a_refresh_and_undone_by_the_next_update(running: Both) -> None:
    def shorten(rds: Any) -> None:
        (instance,) = rds.describe_db_instances()["DBInstances"]
        rds.modify_db_instance(
            DBInstanceIdentifier=instance["DBInstanceIdentifier"],
            BackupRetentionPeriod=1,
            ApplyImmediately=True,
        )

    running.by_hand("rds", shorten)
    for result in (running.refresh(), running.up()):
        assert changed(succeeded(result)) == {("update", "Instance")}
    assert changed(succeeded(running.refresh())) == set()


@each
@pytest.mark.attack(3)
def test_no_secret_value_is_in_a_file_or_in_the_output(running: Both) -> None:
    sandbox = running.pulumi
    values = secret_values.stored(sandbox)
    assert len(values) >= 3
    assert secret_values.leaks(values, sandbox.workspace.folder, sandbox.output) == []


@each
def test_a_stack_is_destroyed_to_the_last_resource(running: Both) -> None:
    """By `ops destroy`: what is asked of the emulated AWS meanwhile fills buckets with access logs again."""
    for sandbox in running.sandboxes:
        assert destroy(context_of(sandbox), How(write=True)) == Exit.DONE
        assert sandbox.deployed() == {}
        assert left_in(sandbox) == {}
