"""The shipped stacks with what the roles need for them: by the provider, the engine and the program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from iam_documents import Document
from settings import Settings, read_stack_file
from settings.store_state import proofs_path
from tests.program import shipped
from tests.roles.documents import state_key_arn
from tests.roles.needs import Need, key_arn, needs
from tests.roles.tables import HANDLERS

EXCLUDED = ("secretsmanager/secretVersion:SecretVersion", "ssm/parameter:Parameter")
"""What the nightly preview leaves out (.github/workflows/infra.yml): the plan role reads no value."""


@cache
def settings_of(stack: str) -> Settings:
    """The stack's settings."""
    return read_stack_file(stack)


@cache
def key_policies(stack: str) -> Mapping[str, Document]:
    """The policies of the stack's keys by ARN."""
    names = settings_of(stack).names
    keys = shipped(stack).all("aws:kms/key:Key")
    return {key_arn(names, one.name): one.document("policy") for one in keys}


@cache
def update_needs(stack: str) -> frozenset[Need]:
    """What ``pulumi up`` and ``pulumi destroy`` ask for."""
    settings = settings_of(stack)
    return frozenset(needs(settings, shipped(stack), HANDLERS) | _lookups(settings) | _state(settings, "up"))


@cache
def preview_needs(stack: str) -> frozenset[Need]:
    """What ``pulumi preview --refresh`` asks for."""
    settings = settings_of(stack)
    read = needs(settings, shipped(stack), ("read",), EXCLUDED)
    return frozenset(read | _lookups(settings) | _state(settings, "preview"))


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
