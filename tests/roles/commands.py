"""What the commands of ``ops`` ask AWS for: the calls that their tests were seen to make, as needs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from settings import Settings
from tests.roles import tables
from tests.roles.documents import state_key_arn
from tests.roles.needs import Need, key_arn

BY_AN_ADMINISTRATOR = ("access", "bootstrap")
"""Commands that no role of ``ops bootstrap`` runs."""
BY_THE_PLAN_ROLE = ("rotation/ages",)
"""Modules that the plan role runs: ``ops due`` in .github/workflows/infra.yml."""


@cache
def command_calls() -> frozenset[tuple[str, str, str]]:
    """Module, action and kind of resource."""
    return frozenset((row[0], row[1], row[2]) for row in tables.rows("command_calls.tsv"))


def command_needs(settings: Settings, plan: bool = False) -> set[Need]:
    """The needs of every command that the update role runs, or of those that the plan role runs."""
    found: set[Need] = set()
    for module, action, kind in command_calls():
        if not plan or module in BY_THE_PLAN_ROLE:
            for resource in _resources(settings, action, kind):
                context = _context(settings, action)
                found.add(Need(action, resource, f"ops {module}", context))
    return found


def _context(settings: Settings, action: str) -> tuple[tuple[str, str], ...]:
    if not action.startswith("kms:"):
        return ()
    return (("kms:ViaService", f"secretsmanager.{settings.region}.amazonaws.com"),)


def _resources(settings: Settings, action: str, kind: str) -> Iterator[str]:
    """The ARNs of a kind; an object where AWS checks the action on objects of a bucket."""
    names = settings.names
    iam, own = f"arn:aws:iam::{names.account_id}", f"{names.region}:{names.account_id}"
    bucket = names.state_bucket if kind == "state-bucket" else names.audit_bucket("trail")
    objects = tables.resource_types(action) == ("object",) or action.endswith(("Object", "ObjectVersion"))
    known = {
        "bucket": f"arn:aws:s3:::{bucket}{'/x' if objects else ''}",
        "state-bucket": f"arn:aws:s3:::{bucket}{'/x' if objects else ''}",
        "document": names.document_arn(names.update_document),
        "function": f"arn:aws:lambda:{own}:function:{names.prefix}-rotate",
        "instance": f"arn:aws:ec2:{own}:instance/i-1",
        "instance-profile": f"{iam}:instance-profile/{names.host_role}",
        "key": key_arn(names, "keys-secrets"),
        "maintenance-window": f"arn:aws:ssm:{own}:maintenancewindow/mw-1",
        "master-secret": f"arn:aws:secretsmanager:{own}:secret:rds!db-1-AbCdEf",
        "parameter": names.parameter_arn(names.parameter("x")),
        "patch-baseline": f"arn:aws:ssm:{own}:patchbaseline/pb-1",
        "policy": f"{iam}:policy/{names.prefix}-x",
        "aws-policy": "arn:aws:iam::aws:policy/x",
        "provider": f"{iam}:oidc-provider/token.actions.githubusercontent.com",
        "public-parameter": f"arn:aws:ssm:{names.region}::parameter/aws/service/canonical/x",
        "role": names.role_arn(names.part("x")),
        "secret": f"arn:aws:secretsmanager:{own}:secret:{names.prefix}/x-AbCdEf",
        "user": f"{iam}:user/x",
        "state-key": state_key_arn(names),
    }
    if kind in known:
        yield known[kind]
    elif not tables.resource_types(action):
        yield "*"
    else:
        yield f"arn:aws:{action.split(':')[0]}:{own}:x"
