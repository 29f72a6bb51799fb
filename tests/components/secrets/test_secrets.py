"""Tests of Secrets: exact names, the secrets key, one writer each, and the declared readers only."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import Request, decide
from settings import read_stack_file
from settings.store_state import GENERATION_TAG, OLDEST_TAG, StoredState, stored_state
from tests.components.alone import with_secret
from tests.components.secrets.stored import kids, secrets, secrets_of
from tests.components.stand_ins import key_arn
from tests.harness import ACCOUNT, Deployment

ROLE = f"arn:aws:iam::{ACCOUNT}:role"
ADMINISTRATORS = {
    f"{ROLE}/aiponge-pulumi-up",
    f"{ROLE}/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Administrator_*",
}
SERVICES = ("api-gateway", "system", "storage", "user", "ai-config", "ai-content", "ai-analytics", "music")
REQUIRED = {
    "aiponge/entry-encryption-key",
    "aiponge/internal-service-secret",
    "aiponge/jwt-secret",
    "aiponge/database-url",
}
BESIDE_THEM = {
    "aiponge/entry-encryption-keyring",
    "aiponge/internal-service-keyring",
    "aiponge/jwt-keyring",
    "aiponge/redis-url",
}


DESCRIPTIONS = {
    f"secretsmanager:{one}" for one in ("DescribeSecret", "GetResourcePolicy", "ListSecretVersionIds")
}


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return secrets()


def policy(deployment: Deployment, key: str) -> dict[str, dict[str, Any]]:
    document = deployment.named(f"secrets-{key}", "SecretPolicy").document("policy")
    return {statement["Sid"]: statement for statement in document["Statement"]}


def excepted(deployment: Deployment, key: str, sid: str) -> set[str]:
    return set(policy(deployment, key)[sid]["Condition"]["ArnNotLike"]["aws:PrincipalArn"])


@pytest.mark.accepts("A6", "A14", "A31", "A32", "A33", "A34", "A35")
def test_the_store_holds_exactly_the_declared_names(prod: Deployment) -> None:
    assert {secret["name"] for secret in prod.all("Secret")} == REQUIRED | BESIDE_THEM


@pytest.mark.accepts("A6", "A16")
def test_every_secret_is_encrypted_with_our_secrets_key(prod: Deployment) -> None:
    assert {secret["kmsKeyId"] for secret in prod.all("Secret")} == {key_arn("secrets")}


@pytest.mark.accepts("A6")
def test_every_stored_value_is_a_pulumi_secret(prod: Deployment) -> None:
    assert all("secretString" in version.secrets for version in prod.all("SecretVersion"))


@pytest.mark.accepts("A6")
@pytest.mark.parametrize(("stack", "days"), [("prod", 30), ("staging", 7)])
def test_a_deleted_secret_can_be_restored_for_a_while(stack: str, days: int) -> None:
    assert {secret["recoveryWindowInDays"] for secret in secrets(stack).all("Secret")} == {days}


@pytest.mark.accepts("A6")
def test_production_protects_the_secret_and_never_its_value_or_policy(prod: Deployment) -> None:
    assert all(secret.protect for secret in prod.all("Secret"))
    assert not any(resource.protect for t in ("SecretVersion", "SecretPolicy") for resource in prod.all(t))


@pytest.mark.accepts("A33")
@pytest.mark.attack(9)
def test_the_graph_holds_no_version_of_a_value_that_rotation_owns(prod: Deployment) -> None:
    names = {version.name for version in prod.all("SecretVersion")}
    assert "secrets-database-url" not in names
    assert len(names) == len(prod.all("Secret")) - 1


@pytest.mark.accepts("A3", "A7")
@pytest.mark.attack(15)
@pytest.mark.parametrize(
    ("key", "readers"),
    [
        ("entry-encryption-key", {"exec-user", "task-user"}),
        (
            "entry-encryption-key-ring",
            {"exec-user", "task-user", "exec-reencrypt", "check-restored-database"},
        ),
        ("jwt-secret", {"exec-api-gateway", "exec-user"}),
        ("internal-service-secret", {f"exec-{service}" for service in SERVICES}),
        (
            "database-url",
            {f"exec-{service}" for service in SERVICES if service != "api-gateway"}
            | {"exec-reencrypt", "rotate"},
        ),
        ("redis-url", {"exec-api-gateway", "exec-user", "exec-ai-config", "exec-ai-analytics"}),
    ],
)
def test_everybody_but_readers_and_administrators_is_denied(
    prod: Deployment, key: str, readers: set[str]
) -> None:
    expected = {f"{ROLE}/aiponge-{reader}" for reader in readers} | ADMINISTRATORS
    assert excepted(prod, key, "OnlyReadersAndOwners") == expected
    statement = policy(prod, key)["OnlyReadersAndOwners"]
    assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Deny", "*", "*")
    assert set(statement["NotAction"]) == DESCRIPTIONS


@pytest.mark.parametrize("action", sorted(DESCRIPTIONS))
def test_a_policy_leaves_descriptions_to_the_policies_of_whoever_asks(prod: Deployment, action: str) -> None:
    document = prod.named("secrets-jwt-secret", "SecretPolicy").document("policy")
    for who in ("aiponge-pulumi-plan", "aiponge-config", "aws-service-role/config.amazonaws.com/X"):
        request = Request(action, "arn", f"{ROLE}/{who}")
        assert decide([document], request, names_principal=True) == "implicitDeny"


@pytest.mark.accepts("A3")
@pytest.mark.parametrize(
    "action",
    [
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:DeleteSecret",
    ],
)
def test_a_policy_denies_everything_but_descriptions(prod: Deployment, action: str) -> None:
    document = prod.named("secrets-jwt-secret", "SecretPolicy").document("policy")
    for who in ("aiponge-pulumi-plan", "aiponge-config", "aiponge-deploy"):
        request = Request(action, "arn", f"{ROLE}/{who}")
        assert decide([document], request, names_principal=True) == "explicitDeny"


@pytest.mark.accepts("A3")
def test_a_reader_may_do_nothing_but_read(prod: Deployment) -> None:
    statement = policy(prod, "jwt-secret")["ReadersOnlyRead"]
    assert statement["Effect"] == "Deny"
    assert set(statement["NotAction"]) == {"secretsmanager:GetSecretValue", *DESCRIPTIONS}
    assert excepted(prod, "jwt-secret", "ReadersOnlyRead") == ADMINISTRATORS


def test_the_rotation_writes_its_own_secret_only(prod: Deployment) -> None:
    rotation = f"{ROLE}/aiponge-rotate"
    assert excepted(prod, "database-url", "ReadersOnlyRead") == ADMINISTRATORS | {rotation}
    others = ("jwt-secret", "entry-encryption-key", "redis-url")
    assert not [key for key in others if rotation in excepted(prod, key, "OnlyReadersAndOwners")]


@pytest.mark.accepts("A3")
@pytest.mark.attack(14)
def test_no_policy_can_be_made_public(prod: Deployment) -> None:
    assert {p["blockPublicPolicy"] for p in prod.all("SecretPolicy")} == {True}
    for resource in prod.all("SecretPolicy"):
        assert {s["Effect"] for s in resource.document("policy")["Statement"]} == {"Deny"}


def test_a_policy_comes_after_the_first_version(prod: Deployment) -> None:
    by_name = {version.name: version.urn for version in prod.all("SecretVersion")}
    for resource in prod.all("SecretPolicy"):
        assert resource.name not in by_name or by_name[resource.name] in resource.depends_on


@pytest.mark.accepts("A9")
def test_every_secret_says_who_owns_it_and_how_old_it_may_get(prod: Deployment) -> None:
    tags = {secret["name"]: secret["tags"] for secret in prod.all("Secret")}
    assert tags["aiponge/redis-url"] == {
        "strongroom:owner": "pulumi",
        "strongroom:rotate-every-days": "90",
        GENERATION_TAG: "1",
        OLDEST_TAG: "1",
    }
    assert tags["aiponge/database-url"] == {
        "strongroom:owner": "rotation",
        "strongroom:rotate-every-days": "30",
    }


def test_a_key_and_its_ring_say_which_generations_and_keys_they_have() -> None:
    rotated = with_secret(read_stack_file("prod"), "entry-encryption-key", generation=3, min_generation=2)
    declared = secrets_of(rotated)
    expected = kids(rotated, "entry-encryption-key")
    assert set(expected) == {2, 3, 4}
    for name in ("secrets-entry-encryption-key", "secrets-entry-encryption-key-ring"):
        secret = declared.named(name, "Secret")
        assert "tags" not in secret.secrets
        assert stored_state(secret["tags"]) == StoredState(3, 2, expected)


def test_a_parameter_says_its_generation_and_the_value_before_says_nothing() -> None:
    settings = with_secret(read_stack_file("cinematch-production"), "django-secret-key", generation=2)
    declared = {one["name"]: one for one in secrets_of(settings).all("aws:ssm/parameter:Parameter")}
    name = settings.secrets["django-secret-key"].name
    assert stored_state(declared[name]["tags"]) == StoredState(2, 1, {})
    assert stored_state(declared[f"{name}-previous"]["tags"]) is None


@pytest.mark.accepts("A31")
def test_it_hands_out_the_arn_of_every_secret(prod: Deployment) -> None:
    assert prod.result["arns"] == {one["name"]: one.arn for one in prod.all("Secret")}


def test_a_reader_waits_for_every_value(prod: Deployment) -> None:
    assert set(prod.result["ready"]) == {version.urn for version in prod.all("SecretVersion")}
