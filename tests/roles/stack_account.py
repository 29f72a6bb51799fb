"""Collects the documents of a shipped stack and of ``ops bootstrap``, with the ARNs that AWS will give."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from iam_documents import Document
from ops.bootstrap import documents
from settings import Settings
from settings.names import Names
from tests.harness import Deployment
from tests.parts import OVERRIDES
from tests.program import run_program, shipped
from tests.roles.account import Account, Source
from tests.roles.documents import state_key_arn
from tests.roles.needs import arn_of_key
from tests.roles.stacks import PARTS, settings_of

SUFFIX = "AbCdEf"
"""What Secrets Manager adds to a secret's name in its ARN, here."""


EXEC = "staging with ECS Exec and parts"
"""A stack of these tests: no shipped one has ECS Exec, or what tests/parts.yaml declares."""


@cache
def deployment_of(stack: str) -> Deployment:
    """Everything that a shipped stack, or the one with ECS Exec, declares."""
    if stack == EXEC:
        platform = {**OVERRIDES["strongroom:platform"], "execEnabled": True}
        return run_program("staging", {**OVERRIDES, "strongroom:platform": platform})
    return shipped(stack)


def settings_for(stack: str) -> Settings:
    """The settings of the stack file."""
    return settings_of(PARTS if stack == EXEC else stack)


@cache
def account_of(stack: str) -> Account:
    """The account of one stack."""
    settings, deployment = settings_for(stack), deployment_of(stack)
    own = dict(_declared(settings.names, deployment))
    text = real(settings.names, deployment, json.dumps([[*one, document] for one, document in own.items()]))
    found = {(kind, name): document for kind, name, document in json.loads(text)}
    return Account(settings.names, {**found, **dict(_bootstrap(settings))})


def real(names: Names, deployment: Deployment, text: str) -> str:
    """The text with the recording engine's ARNs replaced by those of AWS."""
    arns = dict(_arns(names, deployment))
    longest_first = sorted(arns, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: arns[found[0]], text)


def secret_arn(names: Names, name: str) -> str:
    """The ARN of a secret."""
    return f"arn:aws:secretsmanager:{names.region}:{names.account_id}:secret:{name}-{SUFFIX}"


def _arns(names: Names, deployment: Deployment) -> Iterator[tuple[str, str]]:
    base = f"{names.region}:{names.account_id}"
    for one in deployment.resources:
        match one.type:
            case "aws:kms/key:Key":
                yield one.arn, arn_of_key(names, one)
            case "aws:secretsmanager/secret:Secret":
                yield one.arn, secret_arn(names, one["name"])
            case "aws:cloudwatch/logGroup:LogGroup":
                yield one.arn, f"arn:aws:logs:{base}:log-group:{one['name']}"
            case "aws:ecr/repository:Repository":
                yield one.arn, f"arn:aws:ecr:{base}:repository/{one['name']}"
            case "aws:sns/topic:Topic":
                yield one.arn, f"arn:aws:sns:{base}:{one['name']}"
            case "aws:iam/role:Role":
                yield one.arn, names.role_arn(one["name"])
            case "aws:lambda/function:Function":
                yield one.arn, f"arn:aws:lambda:{base}:function:{one['name']}"
            case "aws:backup/vault:Vault":
                region = one.inputs.get("region") or names.region
                yield one.arn, f"arn:aws:backup:{region}:{names.account_id}:backup-vault:{one['name']}"
            case "aws:rds/instance:Instance":
                yield one.arn, f"arn:aws:rds:{base}:db:{one['identifier']}"
            case "aws:sqs/queue:Queue":
                yield one.arn, names.queue_arn(one["name"])
            case _:
                pass


def _declared(names: Names, deployment: Deployment) -> Iterator[tuple[Source, Document]]:
    policies = {
        "aws:kms/key:Key": lambda one: one.arn,
        "aws:s3/bucketPolicy:BucketPolicy": lambda one: f"arn:aws:s3:::{one['bucket']}",
        "aws:secretsmanager/secretPolicy:SecretPolicy": lambda one: one["secretArn"],
        "aws:sns/topicPolicy:TopicPolicy": lambda one: one["arn"],
        "aws:sqs/queuePolicy:QueuePolicy": lambda one: one.document("policy")["Statement"][0]["Resource"],
    }
    for one in deployment.resources:
        if one.type in policies:
            yield ("policy", policies[one.type](one)), one.document("policy")
        elif one.type == "aws:iam/rolePolicy:RolePolicy":
            yield ("role", f"{one['role']} {one.name}"), one.document("policy")
        elif one.type == "aws:ec2/vpcEndpoint:VpcEndpoint":
            service = one["serviceName"].removeprefix(f"com.amazonaws.{names.region}.")
            yield ("endpoint", service), one.document("policy")
        elif one.type == "aws:iam/role:Role":
            yield ("trust", one["name"]), one.document("assumeRolePolicy")
        if one.inputs.get("permissionsBoundary"):
            boundary: Any = next(
                each
                for each in deployment.all("aws:iam/policy:Policy")
                if each.arn == one["permissionsBoundary"]
            )
            yield ("boundary", one["name"]), boundary.document("policy")


def _bootstrap(settings: Settings) -> Iterator[tuple[Source, Document]]:
    """The documents of the two roles that run Pulumi, and of the state's bucket and key."""
    names, administrators = settings.names, settings.administrators
    bucket, key = names.state_bucket, state_key_arn(names)
    users = [names.role_arn(names.update_role), names.role_arn(names.plan_role)]
    yield ("role", f"{names.update_role} bootstrap"), documents.up_rights(names, bucket, settings.copy_region)
    yield ("role", f"{names.plan_role} bootstrap"), documents.plan_rights(names, bucket, key)
    for role in (names.update_role, names.plan_role):
        yield ("boundary", role), documents.boundary(names, bucket, settings.copy_region)
    yield ("policy", f"arn:aws:s3:::{bucket}"), documents.state_bucket(names, administrators, users)
    yield ("policy", key), documents.state_key(names, administrators, users)
