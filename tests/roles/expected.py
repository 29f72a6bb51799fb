"""Lists every call about a stack with a known decision: of roles, services and people, and refused ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from settings.grants import DEPLOY_READER, entries_read_by
from tests.roles.account import Account, Call
from tests.roles.commands import command_needs
from tests.roles.needs import Need, key_arn
from tests.roles.people import by_auditors, by_people, through_endpoints
from tests.roles.principals import Must, log_encryption, musts
from tests.roles.refused import refused
from tests.roles.stack_account import EXEC, account_of, deployment_of, secret_arn, settings_for
from tests.roles.stacks import PARTS, preview_needs, update_needs
from tests.roles.workloads.calls import workload_calls


@cache
def expected(stack: str) -> frozenset[Call]:
    """Every call of a stack."""
    settings = settings_for(stack)
    names, account = settings.names, account_of(stack)
    found = [*workload_calls(stack), *_of_services(stack), *_of_pipelines(stack)]
    found += [*by_people(account), *by_auditors(account), *through_endpoints(account), *refused(stack)]
    if stack != EXEC:
        updates = [*update_needs(stack), *command_needs(settings)]
        previews = [*preview_needs(stack), *command_needs(settings, plan=True)]
        found += [_of_need(names.update_role, one) for one in updates]
        found += [_of_need(names.plan_role, one) for one in previews]
    else:
        found += [_of_need(names.update_role, one) for one in update_needs(PARTS)]
        found += [_of_need(names.plan_role, one) for one in preview_needs(PARTS)]
    return frozenset(found)


def _of_need(role: str, need: Need) -> Call:
    return Call(role, need.action, need.resource, need.why, need.context)


def _of_services(stack: str) -> Iterator[Call]:
    """What AWS's own principals ask for (principals.py)."""
    settings, deployment = settings_for(stack), deployment_of(stack)
    platform = "host" if settings.host else "containers"
    keyed = [one["name"] for one in deployment.all("LogGroup") if one.inputs.get("kmsKeyId")]
    required = [one for one in musts(settings.names) if one.only in ("", platform)]
    required += [one for group in keyed for one in log_encryption(settings.names, group)]
    for must in required:
        for resource in _resources(account_of(stack), must):
            on = f"{resource}/{must.path}" if must.path else resource
            given = must.is_role and "AWSServiceRoleForAutoScaling" not in must.who
            context = tuple(sorted(must.context.items()))
            yield Call(must.who, must.action, on, must.source, context, any_identity=given)


def _resources(account: Account, must: Must) -> Iterator[str]:
    """The ARNs that a row of principals.py names."""
    names, (kind, _, name) = account.names, must.on.partition(" ")
    buckets = {"edge-logs": "alb-logs", "audit-trail": "trail", "audit-access": "access"}
    wanted = {
        "key": key_arn(names, f"keys-{name}"),
        "topic": f"arn:aws:sns:{names.region}:{names.account_id}:{names.part(f'alerts-{name}')}",
        "bucket": f"arn:aws:s3:::{names.part(buckets.get(name, name))}-{names.account_id}*",
        "secret": "arn:aws:secretsmanager:*",
    }[kind]
    start, exact = wanted.rstrip("*"), not wanted.endswith("*")
    for what, arn in account.documents:
        if what == "policy" and (arn == wanted if exact else arn.startswith(start)):
            yield arn


def _of_pipelines(stack: str) -> Iterator[Call]:
    """The secrets that the pipeline reads; what it calls otherwise is in test_deploy_role.py."""
    settings = settings_for(stack)
    names, role = settings.names, settings.names.deploy_role
    key = key_arn(names, "keys-secrets")
    for entry in entries_read_by(settings, DEPLOY_READER):
        why = f"reads {entry.key}"
        if entry.secret.in_parameter_store:
            arn, store, part = names.parameter_arn(entry.store_name), "ssm", "PARAMETER_ARN"
            yield Call(role, "ssm:GetParameter", arn, why)
        else:
            arn, store, part = secret_arn(names, entry.store_name), "secretsmanager", "SecretARN"
            yield Call(role, "secretsmanager:GetSecretValue", arn, why)
        via = ("kms:ViaService", f"{store}.{names.region}.amazonaws.com")
        yield Call(role, "kms:Decrypt", key, why, (via, (f"kms:EncryptionContext:{part}", arn)))
