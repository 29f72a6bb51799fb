"""Tests that AWS's own principals may do what AWS's documentation says they must, in every shipped stack."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import Document, Request, allow, decide, document, may, may_use_key
from settings.names import Names
from tests.harness import Deployment, Registered
from tests.program import STACKS, shipped
from tests.roles.principals import DOCS, TRUSTED, Must, backup_musts, log_encryption, musts
from tests.roles.stacks import settings_of

# A role that AWS maintains allows its own calls; what a stack's policies add to that is tested here.
OWN = [document(allow("*", "*"))]


def unable(stack: str, required: list[Must]) -> list[str]:
    settings = settings_of(stack)
    platform = "host" if settings.host else "containers"
    return [
        f"{one.who}: {one.action} on {one.on}; see {DOCS}{one.source}"
        for one in required
        if one.only in ("", platform) and not able(shipped(stack), settings.names, one)
    ]


def able(deployment: Deployment, names: Names, one: Must) -> bool:
    """Whether every resource that the row names allows the request."""
    kind, _, name = one.on.partition(" ")
    identity: list[Document] = [document()] if "AWSServiceRoleForAutoScaling" in one.who else OWN
    principal = names.role_arn(one.who) if one.is_role else one.who
    found = list(_policies(deployment, kind, name))
    assert found, one.on
    for arn, policy in found:
        resource = f"{arn}/{one.path}" if one.path else arn
        request = Request(one.action, resource, principal, {"aws:SecureTransport": "true", **one.context})
        if not one.is_role:
            allowed = decide([policy], request, names_principal=True) == "allowed"
        elif kind == "key":
            allowed = may_use_key(request, identity, policy)
        else:
            allowed = may(request, identity, resource=policy)
        if not allowed:
            return False
    return True


def _policies(deployment: Deployment, kind: str, name: str) -> list[tuple[str, Any]]:
    def of(type_: str, label: str | None) -> list[Registered]:
        return [one for one in deployment.all(type_) if label is None or one.name == label]

    if kind == "key":
        return [(one.arn, one.document("policy")) for one in of("aws:kms/key:Key", f"keys-{name}")]
    if kind == "topic":
        found = of("aws:sns/topicPolicy:TopicPolicy", f"topics-{name}")
        return [(one["arn"], one.document("policy")) for one in found]
    if kind == "bucket":
        found = of("aws:s3/bucketPolicy:BucketPolicy", f"{name}-policy")
        return [(f"arn:aws:s3:::{one['bucket']}", one.document("policy")) for one in found]
    found = of("aws:secretsmanager/secretPolicy:SecretPolicy", None)
    return [(one["secretArn"], one.document("policy")) for one in found]


@pytest.mark.parametrize("stack", STACKS)
def test_each_principal_may_do_what_its_documentation_asks_for(stack: str) -> None:
    assert unable(stack, list(musts(settings_of(stack).names))) == []


@pytest.mark.parametrize("stack", ["prod", "cinematch-production"])
def test_aws_backup_may_use_the_keys_of_what_it_copies_and_restores(stack: str) -> None:
    assert unable(stack, list(backup_musts(settings_of(stack).names))) == []


@pytest.mark.parametrize("stack", STACKS)
def test_cloudwatch_logs_may_encrypt_every_log_group_that_has_the_key(stack: str) -> None:
    names, deployment = settings_of(stack).names, shipped(stack)
    keyed = [one["name"] for one in deployment.all("LogGroup") if one.inputs.get("kmsKeyId")]
    assert unable(stack, [must for group in keyed for must in log_encryption(names, group)]) == []


@pytest.mark.parametrize("stack", STACKS)
def test_each_service_may_assume_its_roles_with_the_context_that_it_sends(stack: str) -> None:
    names = settings_of(stack).names
    for role in shipped(stack).all("aws:iam/role:Role"):
        for statement in role.document("assumeRolePolicy")["Statement"]:
            service = statement["Principal"].get("Service")
            if service is None:
                continue  # GitHub's: tests/ops/bootstrap and tests/components/delivery
            _, sent = TRUSTED[service]
            given = {"account": names.account_id, "region": names.region}
            context = {key: value.format(**given) for key, value in sent.items()}
            request = Request("sts:AssumeRole", names.role_arn(role["name"]), service, context)
            trust = role.document("assumeRolePolicy")
            assert decide([trust], request, names_principal=True) == "allowed", role["name"]
