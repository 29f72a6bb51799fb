"""Evaluates who can read each secret of a whole stack: role, secret and key policies together."""

from __future__ import annotations

from functools import cache

import pytest

from iam_documents import Request, may, may_use_key
from settings import read_stack_file
from settings.grants import StoreEntry, entries, grants
from tests.components.ecs.rights import ROLES, roles, who_may
from tests.components.host.host_stack import PRIVATE_KEY, SSH
from tests.harness import Deployment, Registered
from tests.program import run_program, shipped

SECRETS = "secretsmanager.eu-west-1.amazonaws.com"
TOOL = "reencrypt"
CONTAINER_STACKS = pytest.mark.parametrize("stack", ["prod", "staging"])


def label(entry: StoreEntry) -> str:
    """The resource that holds one name in the store."""
    return f"secrets-{entry.key}{'-ring' if entry.ring else ''}"


def readers(deployment: Deployment, secret: Registered) -> set[str]:
    """The roles that can read the value."""
    key = deployment.named("keys-secrets", "Key")
    denies = next(
        policy.document("policy")
        for policy in deployment.all("SecretPolicy")
        if policy["secretArn"] == secret.arn
    )
    through = {"kms:ViaService": SECRETS, "kms:EncryptionContext:SecretARN": secret.arn}
    found = set()
    for role, identity in roles(deployment).items():
        principal = f"{ROLES}/{role}"
        read = Request("secretsmanager:GetSecretValue", secret.arn, principal)
        decrypt = Request("kms:Decrypt", key.arn, principal, through)
        if may(read, identity, resource=denies) and may_use_key(decrypt, identity, key.document("policy")):
            found.add(role)
    return found


@cache
def open_shells() -> Deployment:
    """Staging with ECS Exec enabled."""
    return run_program("staging", {"strongroom:platform": {"execEnabled": True}})


@pytest.mark.accepts("A3", "A7", "A12")
@pytest.mark.attack(15)
@CONTAINER_STACKS
@pytest.mark.parametrize("entry", entries(read_stack_file("prod")), ids=lambda entry: entry.store_name)
def test_of_all_roles_exactly_the_declared_readers_get_a_secret(stack: str, entry: StoreEntry) -> None:
    declared = set(grants(read_stack_file(stack)).readers[entry.store_name])
    assert declared
    assert readers(shipped(stack), shipped(stack).named(label(entry), "Secret")) == declared


@pytest.mark.accepts("A51")
@pytest.mark.attack(15)
def test_a_shell_makes_nobody_a_reader() -> None:
    for secret in open_shells().all("Secret"):
        assert readers(open_shells(), secret) == readers(shipped("staging"), secret)
        # The role's own policy alone: the secret's and the key's policies would hide excess permissions.
        allowed = who_may(open_shells(), "secretsmanager:GetSecretValue", secret.arn)
        assert {role for role in allowed if "-task-" in role} <= {"aiponge-task-user"}


@pytest.mark.accepts("A3", "A7")
@pytest.mark.attack(15)
@CONTAINER_STACKS
def test_a_tool_reads_the_url_and_the_ring_to_start_and_its_process_nothing(stack: str) -> None:
    read: dict[str, set[str]] = {f"aiponge-exec-{TOOL}": set(), f"aiponge-task-{TOOL}": set()}
    for secret in shipped(stack).all("Secret"):
        for role in read.keys() & readers(shipped(stack), secret):
            read[role].add(secret["name"])
    assert read == {
        f"aiponge-exec-{TOOL}": {"aiponge/database-url", "aiponge/entry-encryption-keyring"},
        f"aiponge-task-{TOOL}": set(),
    }
    assert roles(shipped(stack))[f"aiponge-task-{TOOL}"] == []


@pytest.mark.accepts("B53")
@pytest.mark.attack(15)
def test_the_private_key_is_read_by_the_pipeline_alone() -> None:
    entered_by_ssh = run_program(
        "cinematch-production",
        {
            "strongroom:platform": SSH,
            "strongroom:secrets": PRIVATE_KEY,
            "strongroom:values": {"ec2-ssh-key": "sample-of-a-key-for-tests-only"},
        },
    )
    holding = {
        one.name
        for one in entered_by_ssh.resources
        if "policy" in one.inputs and "ec2-ssh-key" in str(one["policy"])
    }
    assert holding == {"delivery-policy", "delivery-boundary"}
