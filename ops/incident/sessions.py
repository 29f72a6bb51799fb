"""Whoever holds a session of the stack's roles from before the incident can do nothing with it any more."""

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
"""The name that the console gives it, so that it is known for what it is."""


def roles(settings: Settings) -> list[str]:
    """Every role of the stack that a session may have been stolen of.

    All of them, not those that were used: IAM's own record of use is hours late, and a role without sessions
    loses nothing.
    """
    names, matrix = settings.names, grants(settings)
    run = (*settings.services, *settings.tools)
    tasks = [role for one in run for role in (names.execution_role(one), names.task_role(one))]
    people = [names.deploy_role, names.update_role, names.plan_role]
    return list(dict.fromkeys([*matrix.reader_roles, *matrix.writer_roles, *tasks, *people]))


def item(role: str) -> str:
    """What the operation record calls it."""
    return f"sessions of {role}"


def own_role(context: StackContext) -> list[str]:
    """The role this command itself runs as; none where the caller is no role's session."""
    arn = str(context.aws.client("sts").get_caller_identity()["Arn"])
    return arn.split("/")[1:2] if ":assumed-role/" in arn else []


def revoke(context: StackContext, items: Items) -> None:
    """Shut out older sessions of every role but the caller's own, and the host's: its agent is needed."""
    own = own_role(context)
    for role in roles(context.settings):
        name = item(role)
        if items.done(name) or role in own or _is_host(context, role):
            continue
        with items.trying(name):
            _deny(context, role, items.started)


def revoke_host(context: StackContext, items: Items) -> None:
    """Shut out the host's older sessions once no instance needs one: an instance keeps its own for hours."""
    if context.settings.host is None:
        return
    role, group = context.aws.names.host_role, context.aws.names.host_name
    if items.done(item(role)):
        return
    with items.trying(item(role)):
        old = [one for one, launched in host.running(context).items() if launched <= items.started]
        if old:
            raise ForOperator(
                f"{', '.join(old)} runs on credentials from before: replace it with `aws autoscaling "
                f"start-instance-refresh --auto-scaling-group-name {group}`, then run this command again"
            )
        _deny(context, role, items.started)


def document(before: datetime) -> Document:
    """Deny everything to sessions from before a moment."""
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
        context.say(f"role {role}: does not exist, so nobody is in it")
        return
    context.say(f"role {role}: sessions from before {before:%Y-%m-%d %H:%M:%S} UTC are shut out", "green")


def _is_host(context: StackContext, role: str) -> bool:
    return role in context.settings.host_roles
