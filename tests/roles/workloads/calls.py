"""Makes requests of the rows of ``calls.tsv`` and of what functions were recorded to call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product

from settings.names import Names
from tests.roles import tables
from tests.roles.account import Call
from tests.roles.needs import key_arn
from tests.roles.principals import TRUSTED
from tests.roles.stack_account import deployment_of, real, settings_for
from tests.roles.workloads.facts import NEW_FUNCTIONS, Facts, common, workloads
from tests.roles.workloads.functions import recorded

Row = list[str]
ASSUMED_BY = {
    "backup": "backup.amazonaws.com",
    "check-restored-database": "lambda.amazonaws.com",
    "config": "config.amazonaws.com",
    "execution": "ecs-tasks.amazonaws.com",
    "flow-logs": "vpc-flow-logs.amazonaws.com",
    "function": "lambda.amazonaws.com",
    "host": "ec2.amazonaws.com",
    "monitoring": "monitoring.rds.amazonaws.com",
    "publish-ages": "lambda.amazonaws.com",
    "refresh": "events.amazonaws.com",
    "restore": "backup.amazonaws.com",
    "schedule": "scheduler.amazonaws.com",
    "task": "ecs-tasks.amazonaws.com",
    "trail": "cloudtrail.amazonaws.com",
    "validate-restore": "lambda.amazonaws.com",
}
"""The service that assumes a role of each kind."""


def workload_calls(stack: str) -> Iterator[Call]:
    """Every call of every role of a stack that is neither a person's nor a pipeline's."""
    names = settings_for(stack).names
    rows = list(tables.rows("workloads/calls.tsv"))
    for one in workloads(stack):
        page, sent = TRUSTED[ASSUMED_BY[one.kind]]
        given = {"account": names.account_id, "region": names.region, "group": names.schedule_group}
        context = tuple((key, value.format(**given)) for key, value in sent.items())
        yield Call(ASSUMED_BY[one.kind], "sts:AssumeRole", names.role_arn(one.role), page, context)
        known = {**common(names), **one.facts}
        for row in rows:
            if row[0] == one.kind:
                yield from _calls(one.role, row, known)
    for row in rows:
        if row[0].endswith(".amazonaws.com"):
            yield from _calls(row[0], row, common(names))
    yield from _of_functions(stack)


def _calls(who: str, row: Row, facts: Facts) -> Iterator[Call]:
    """A call for each combination of the values that a row names."""
    _, action, resource, context, endpoint, source = row
    named = sorted(set(re.findall(r"\{(\w+)\}", resource + context)))
    for values in product(*(facts[name] for name in named)):
        given = dict(zip(named, values, strict=True))
        sent = tuple(tuple(pair.split("=", 1)) for pair in context.format(**given).split())
        yield Call(who, action, resource.format(**given), source, sent, endpoint)  # pyright: ignore[reportArgumentType]


def _of_functions(stack: str) -> Iterator[Call]:
    """What each function calls itself, and what Secrets Manager does with keys for it."""
    names, deployment = settings_for(stack).names, deployment_of(stack)
    for one in deployment.all("aws:lambda/function:Function"):
        text = real(names, deployment, json.dumps([one["role"], one["environment"]["variables"]]))
        role, variables = json.loads(text)
        who = role.rpartition(":role/")[2]
        if who.removeprefix(names.part("")) in NEW_FUNCTIONS:
            continue  # in calls.tsv
        own = f"arn:aws:lambda:{names.region}:{names.account_id}:function:{one['name']}"
        sent = (("lambda:SourceFunctionArn", own),)
        for action, params in recorded(one, variables):
            if action.startswith("ecs:"):
                yield from _services(names, who, action, params, sent)
            else:
                endpoint = "secretsmanager" if one.inputs.get("vpcConfig") else ""
                yield Call(who, action, params["SecretId"], "recorded", sent, endpoint)
                yield from _encryption(names, who, action, params["SecretId"], variables)


def _services(
    names: Names, who: str, action: str, params: Mapping[str, object], sent: tuple[tuple[str, str], ...]
) -> Iterator[Call]:
    base = f"arn:aws:ecs:{names.region}:{names.account_id}"
    context = (*sent, ("ecs:cluster", f"{base}:cluster/{params['cluster']}"))
    services = params.get("services") or [params["service"]]
    assert isinstance(services, list)
    for service in services:
        yield Call(who, action, f"{base}:service/{params['cluster']}/{service}", "recorded", context)


def _encryption(
    names: Names, who: str, action: str, secret: str, variables: Mapping[str, str]
) -> Iterator[Call]:
    """Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
    uses = {
        "secretsmanager:GetSecretValue": ("Decrypt",),
        "secretsmanager:PutSecretValue": ("GenerateDataKey", "Decrypt"),
    }
    key = key_arn(names, "keys-data" if secret == variables["MASTER_SECRET_ARN"] else "keys-secrets")
    via = f"secretsmanager.{names.region}.amazonaws.com"
    for use in uses.get(action, ()):
        context = (("kms:ViaService", via), ("kms:EncryptionContext:SecretARN", secret))
        yield Call(
            who, f"kms:{use}", key, "secretsmanager/latest/userguide/security-encryption.html", context
        )
