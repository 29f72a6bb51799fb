"""Who may read which secret: exactly the roles whose workload names it, as the engine records it."""

from __future__ import annotations

from collections.abc import Iterator

from . import documents
from .ecs import TASK
from .graph import Stack
from .iam import ROLE, ROLE_POLICY
from .kms import KEY
from .lambdas import FUNCTION
from .rds import INSTANCE as DATABASE
from .reading import known, text
from .rule import M, P, Resource, relate, trace
from .secrets_manager import ROTATION, SECRET
from .ssm import PARAMETER

OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_STORED = (SECRET, PARAMETER)
_ROLE_KEYS = ("executionRoleArn", "taskRoleArn")


def granted(role: Resource, stack: Stack) -> dict[str, Resource]:
    """The stored values that the policies of a role speak of."""
    return _named(stack, ((policy, "policy") for policy in stack.referrers(role, ROLE_POLICY, "role")))


def _named(stack: Stack, places: Iterator[tuple[Resource, str]]) -> dict[str, Resource]:
    return {one.urn: one for place, key in places for one in stack.refers(place, key, *_STORED)}


def _referenced(role: Resource, stack: Stack) -> dict[str, Resource]:
    """The stored values that the workloads of a role name."""
    found: dict[str, Resource] = {}
    for task in stack.referrers(role, TASK, *_ROLE_KEYS):
        found |= _named(stack, iter([(task, "containerDefinitions")]))
    for function in stack.referrers(role, FUNCTION, "role"):
        found |= _named(stack, iter([(function, "environment")]))
        for rotation in stack.referrers(function, ROTATION, "rotationLambdaArn"):
            found |= _named(stack, iter([(rotation, "secretId")]))
    return found


def _workloads(role: Resource, stack: Stack) -> bool:
    return bool(stack.referrers(role, TASK, *_ROLE_KEYS) or stack.referrers(role, FUNCTION, "role"))


def _only_readers(role: Resource, stack: Stack) -> Iterator[str]:
    if _workloads(role, stack):
        excess = set(granted(role, stack)) - set(_referenced(role, stack))
        yield from (f"may read {name} without naming it" for name in sorted(map(_name, excess)))


def _exact(task: Resource, stack: Stack) -> Iterator[str]:
    for role in stack.refers(task, "executionRoleArn", ROLE):
        wanted: dict[str, Resource] = {}
        for other in stack.referrers(role, TASK, "executionRoleArn"):
            wanted |= _named(stack, iter([(other, "containerDefinitions")]))
        has = granted(role, stack)
        yield from (f"its execution role lacks {name}" for name in sorted(map(_name, set(wanted) - set(has))))
        yield from (
            f"its execution role has {name} too" for name in sorted(map(_name, set(has) - set(wanted)))
        )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _is_pipeline(role: Resource, stack: Stack) -> bool:
    if stack.refers(role, "assumeRolePolicy", OIDC):
        return True
    trusted = documents.allows(role.props.get("assumeRolePolicy"))
    return any(kind == "Federated" for one in trusted for kind, _ in one.principals)


def _no_pipeline_reads(role: Resource, stack: Stack) -> Iterator[str]:
    if not _is_pipeline(role, stack):
        return
    excused = set(stack.config.deploy_secrets)
    for one in granted(role, stack).values():
        if text(one.props, "name") not in excused:
            yield f"a pipeline may read {one.name}"
    for policy in stack.referrers(role, ROLE_POLICY, "role"):
        if not excused and any(_encrypts_secrets(key, stack) for key in stack.refers(policy, "policy", KEY)):
            yield "a pipeline may use the secrets' key"


def _encrypts_secrets(key: Resource, stack: Stack) -> bool:
    return bool(stack.referrers(key, SECRET, "kmsKeyId") or stack.referrers(key, PARAMETER, "keyId"))


def _scoped(key: Resource, stack: Stack) -> bool:
    if not _encrypts_secrets(key, stack):
        return True
    return all(
        one.pins("kms:ViaService") and one.pins("aws:PrincipalArn")
        for one in documents.allows(key.props.get("policy"))
        if one.covers("kms:Decrypt")
    )


def _apart(secret: Resource, stack: Stack) -> Iterator[str]:
    keys = stack.refers(secret, "kmsKeyId", KEY)
    if any(stack.referrers(key, DATABASE, "kmsKeyId") for key in keys):
        yield "one key opens the secrets and the database"
    for policy in stack.referrers(secret, ROLE_POLICY, "policy"):
        if known(policy.props, "policy") and _administers_data(policy):
            yield f"{policy.name} reads the secret and administers data"


def _administers_data(policy: Resource) -> bool:
    return any(
        action.startswith(("rds:", "backup:"))
        for one in documents.allows(policy.props.get("policy"))
        for action in one.actions
    )


RULES = [
    trace(
        "own-secret-readers",
        M,
        ROLE,
        "A role may read the secrets that its workload names, and no other.",
        "remove the secret from the role's policy, or the reader from the matrix (A7)",
        _only_readers,
    ),
    trace(
        "own-exec-role-scope",
        M,
        TASK,
        "An execution role reads exactly the secrets that its tasks inject.",
        "make policy and secrets from the same list of readers (A7)",
        _exact,
    ),
    trace(
        "own-ci-no-secret-read",
        M,
        ROLE,
        "A pipeline reads no secret but those declared for it.",
        "remove the secret and its key from the pipeline's role",
        _no_pipeline_reads,
    ),
    relate(
        "own-secret-key-scope",
        P,
        KEY,
        "The secrets' key opens only through the stores, and only for named roles.",
        "condition Decrypt on kms:ViaService and aws:PrincipalArn (A3)",
        _scoped,
    ),
    trace(
        "entry-key-separation",
        M,
        SECRET,
        "Whoever holds the data does not hold the keys: other key, other roles.",
        "use a key of its own for secrets, and keep rds and backup rights out of reader roles (A3)",
        _apart,
    ),
]
