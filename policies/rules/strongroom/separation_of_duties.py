"""Checks that pipelines cannot read secrets, and that secrets and data have separate keys and roles."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.iam import conditions, documents
from rules.lib.resource_types import (
    KMS_KEY,
    OIDC_PROVIDER,
    RDS_INSTANCE,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SSM_PARAMETER,
)
from rules.pack.graph import Stack
from rules.pack.properties import known, text
from rules.pack.rule import M, P, Resource, stack_rule
from rules.strongroom.secret_readers import granted


def _is_pipeline(role: Resource, stack: Stack) -> bool:
    if stack.refers(role, "assumeRolePolicy", OIDC_PROVIDER):
        return True
    trusted = documents.allows(role.props.get("assumeRolePolicy"))
    return any(kind == "Federated" for one in trusted for kind, _ in one.principals)


def _no_pipeline_reads(role: Resource, stack: Stack) -> Iterator[str]:
    if not _is_pipeline(role, stack):
        return
    excused = set(stack.config.deploy_secrets)
    for one in granted(role, stack).values():
        if text(one.props, "name") not in excused:
            yield f"a pipeline's role may read {one.name}"
    for policy in stack.referrers(role, ROLE_POLICY, "role"):
        if not excused and any(
            _encrypts_secrets(key, stack) for key in stack.refers(policy, "policy", KMS_KEY)
        ):
            yield "a pipeline's role may use the secrets' KMS key"


def _encrypts_secrets(key: Resource, stack: Stack) -> bool:
    return bool(stack.referrers(key, SECRET, "kmsKeyId") or stack.referrers(key, SSM_PARAMETER, "keyId"))


def _scoped(key: Resource, stack: Stack) -> bool:
    if not _encrypts_secrets(key, stack):
        return True
    return all(
        conditions.pin(one.conditions, "kms:ViaService")
        and conditions.pin(one.conditions, "aws:PrincipalArn")
        for one in documents.allows(key.props.get("policy"))
        if one.covers("kms:Decrypt")
    )


def _apart(secret: Resource, stack: Stack) -> Iterator[str]:
    keys = stack.refers(secret, "kmsKeyId", KMS_KEY)
    if any(stack.referrers(key, RDS_INSTANCE, "kmsKeyId") for key in keys):
        yield "the secret and the database are encrypted with the same KMS key"
    for policy in stack.referrers(secret, ROLE_POLICY, "policy"):
        if known(policy.props, "policy") and _administers_data(policy):
            yield f"{policy.name} allows reading the secret and administering RDS or AWS Backup"


def _administers_data(policy: Resource) -> bool:
    return any(
        action.startswith(("rds:", "backup:"))
        for one in documents.allows(policy.props.get("policy"))
        for action in one.actions
    )


RULES = [
    stack_rule(
        "own-ci-no-secret-read",
        M,
        ROLE,
        "A pipeline may read only the secrets that are declared for it.",
        "remove the secret and its KMS key from the pipeline's role",
        finds=_no_pipeline_reads,
    ),
    stack_rule(
        "own-secret-key-scope",
        P,
        KMS_KEY,
        "The secrets' KMS key decrypts only through the secret stores, and only for named roles.",
        "add conditions on kms:ViaService and aws:PrincipalArn to kms:Decrypt",
        holds=_scoped,
        requirements=("A3",),
    ),
    stack_rule(
        "entry-key-separation",
        M,
        SECRET,
        "Secrets and data are separated: different KMS keys, different roles.",
        "use a separate KMS key for secrets, and give reader roles no rds or backup actions",
        finds=_apart,
        requirements=("A3",),
    ),
]
