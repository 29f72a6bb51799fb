"""The shipped stacks with what the roles need for them: by the provider, the engine and the program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from iam_documents import Document
from settings import Settings, read_stack_file
from settings.store_state import proofs_path
from tests.harness import Deployment
from tests.parts import parts_deployment, parts_settings
from tests.program import shipped
from tests.roles.documents import state_key_arn
from tests.roles.needs import Need, actions_of, arn_of_key, key_arn, needs
from tests.roles.tables import HANDLERS, resource_types

EXCLUDED = ("secretsmanager/secretVersion:SecretVersion", "ssm/parameter:Parameter")
"""What the nightly preview leaves out (.github/workflows/infra.yml): the plan role reads no value."""


PARTS = "parts of its own"
"""The stack of tests/parts.yaml: no shipped one has buckets, queues and schedules."""


@cache
def settings_of(stack: str) -> Settings:
    """The stack's settings."""
    return parts_settings() if stack == PARTS else read_stack_file(stack)


def declared_by(stack: str) -> Deployment:
    """Everything that the stack declares."""
    return parts_deployment() if stack == PARTS else shipped(stack)


@cache
def key_policies(stack: str) -> Mapping[str, Document]:
    """The policies of the stack's keys by ARN."""
    names = settings_of(stack).names
    keys = declared_by(stack).all("aws:kms/key:Key")
    return {arn_of_key(names, one): one.document("policy") for one in keys}


@cache
def update_needs(stack: str) -> frozenset[Need]:
    """What ``pulumi up`` and ``pulumi destroy`` ask for."""
    settings = settings_of(stack)
    found = needs(settings, declared_by(stack), HANDLERS) | _values(stack) | _optional(settings, HANDLERS)
    return frozenset(found | _lookups(settings) | _state(settings, "up"))


@cache
def preview_needs(stack: str) -> frozenset[Need]:
    """What ``pulumi preview --refresh`` asks for."""
    settings = settings_of(stack)
    read = needs(settings, declared_by(stack), ("read",), EXCLUDED) | _optional(settings, ("read",))
    return frozenset(read | _lookups(settings) | _state(settings, "preview"))


def _values(stack: str) -> set[Need]:
    """What a store does with the secrets key on behalf of whoever writes or reads a value.

    Sources: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html and
    https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
    """
    names, why = settings_of(stack).names, "value in a store"
    key = key_arn(names, "keys-secrets")
    actions = {"secretsmanager": ("GenerateDataKey", "Decrypt"), "ssm": ("Encrypt", "Decrypt")}
    return {
        Need(f"kms:{action}", key, why, (("kms:ViaService", f"{store}.{names.region}.amazonaws.com"),))
        for store, asked in actions.items()
        for action in asked
    }


def _optional(settings: Settings, handlers: Collection[str]) -> set[Need]:
    """What the types ask for that a stack file can turn on and no shipped one does."""
    names, found = settings.names, set[Need]()
    for type_ in ("appautoscaling/target:Target", "appautoscaling/policy:Policy"):
        for handler in handlers:
            for action in actions_of(type_, handler):
                service = action.split(":")[0]
                if service in ("application-autoscaling", "cloudwatch"):
                    arn = f"arn:aws:{service}:{names.region}:{names.account_id}:x"
                    found.add(Need(action, arn if resource_types(action) else "*", f"{type_} {handler}"))
    return found


def _lookups(settings: Settings) -> set[Need]:
    """What the program looks up: aws_lookups.py, with the calls of the provider's data sources."""
    names = settings.names
    why = "look-up of the program"
    found = {
        Need("ec2:DescribeAvailabilityZones", "*", why),
        Need("ec2:DescribeManagedPrefixLists", "*", why),
        Need("ec2:GetManagedPrefixListEntries", f"arn:aws:ec2:{names.region}:aws:prefix-list/pl-1", why),
        Need("tag:GetResources", "*", why),
        Need("ssm:GetParametersByPath", names.parameter_arn(proofs_path(names)), why),
    }
    if settings.host:
        image = f"arn:aws:ssm:{names.region}::parameter/aws/service/canonical/ubuntu/server/24.04/ami-id"
        found.add(Need("ssm:GetParameter", image, why))
    return found


def _state(settings: Settings, command: str) -> set[Need]:
    """What the engine does with its state: https://www.pulumi.com/docs/iac/concepts/state-and-backends/."""
    names, why = settings.names, f"state of {command}"
    bucket, key = f"arn:aws:s3:::{names.state_bucket}", state_key_arn(names)
    stack = f"{bucket}/.pulumi/stacks/x.json"
    found = {
        Need("s3:ListBucket", bucket, why),
        Need("s3:GetObject", stack, why),
        Need("kms:Decrypt", key, why),
    }
    if command == "up":
        found |= {Need(f"s3:{action}Object", stack, why) for action in ("Put", "Delete")}
        found |= {Need(f"kms:{action}", key, why) for action in ("Encrypt", "GenerateDataKey")}
    return found
