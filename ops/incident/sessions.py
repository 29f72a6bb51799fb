"""Revokes role sessions from before the incident, as "Revoke active sessions" in the IAM console does."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from iam_documents import Document, build
from ops.core.context import StackContext
from ops.core.session import error_code
from ops.incident.items import ForOperator, Items
from ops.rotation import host
from settings import Settings
from settings.grants import grants

POLICY = "AWSRevokeOlderSessions"
"""The name of the inline policy that the IAM console uses for this."""


def roles(settings: Settings) -> list[str]:
    """Every role of the stack whose sessions may have been stolen.

    Unused roles are included: IAM reports the last use of a role hours later, and a role without sessions
    loses nothing.
    """
    names, matrix = settings.names, grants(settings)
    run = (*settings.services, *settings.tools)
    tasks = [role for one in run for role in (names.execution_role(one), names.task_role(one))]
    people = [names.deploy_role, names.update_role, names.plan_role, *names.people_roles]
    return list(dict.fromkeys([*matrix.reader_roles, *matrix.writer_roles, *tasks, *people]))


def item(role: str) -> str:
    """The name of a role's item in the operation record."""
    return f"sessions of {role}"


def own_role(context: StackContext) -> list[str]:
    """The name of the role that runs this command; empty where the caller is not a role session."""
    arn = str(context.aws.client("sts").get_caller_identity()["Arn"])
    return arn.split("/")[1:2] if ":assumed-role/" in arn else []


def revoke(context: StackContext, items: Items) -> None:
    """Revoke older sessions of every role but the caller's own and the host's, whose agent needs it."""
    own = own_role(context)
    for role in roles(context.settings):
        name = item(role)
        if items.done(name) or role in own or _is_host(context, role):
            continue
        with items.trying(name):
            _deny(context, role, items.started)


def revoke_host(context: StackContext, items: Items) -> None:
    """Revoke the host role's older sessions once every instance was launched after the incident began."""
    if context.settings.host is None:
        return
    role, group = context.aws.names.host_role, context.aws.names.host_name
    if items.done(item(role)):
        return
    with items.trying(item(role)):
        old = [one for one, launched in host.running(context).items() if launched <= items.started]
        if old:
            raise ForOperator(
                f"{', '.join(old)} has credentials from before the incident: run `aws autoscaling "
                f"start-instance-refresh --auto-scaling-group-name {group}`, then run this command again"
            )
        _deny(context, role, items.started)


def document(before: datetime) -> Document:
    """The policy that denies everything to sessions issued before ``before``."""
    older = {"DateLessThan": {"aws:TokenIssueTime": f"{before.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}}
    return build.document(build.deny(["*"], ["*"], older))


def _deny(context: StackContext, role: str, before: datetime) -> None:
    try:
        context.aws.client("iam").put_role_policy(
            RoleName=role, PolicyName=POLICY, PolicyDocument=json.dumps(document(before))
        )
    except ClientError as error:
        if error_code(error) != "NoSuchEntity":
            raise
        context.say(f"role {role}: does not exist, so it has no sessions")
        return
    context.say(f"role {role}: sessions from before {before:%Y-%m-%d %H:%M:%S} UTC are revoked", "green")


def _is_host(context: StackContext, role: str) -> bool:
    return role in context.settings.host_roles
