"""A host hears of a changed parameter and runs its own update document; nothing else, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, iam

from components.iam import document, service_trust
from components.options import child_of, unprotected_child
from iam_documents import allow
from settings.names import Names

CHANGED = "parameter-changed"
"""What the rule and its role are called, after the application's prefix."""


@dataclass(frozen=True, kw_only=True)
class RefreshArgs:
    """Which parameters are listened to, and what is run where."""

    names: Names
    parameters: Sequence[str]
    """Exact names; what is not listed is not heard."""
    document_arn: pulumi.Input[str]
    """The update document, which fetches them."""
    tags: Mapping[str, str]
    """Tags that every host carries."""
    depends_on: Sequence[pulumi.Resource]
    """The host that runs it: until it is there, a first value is no change."""


class Refresh(pulumi.ComponentResource):
    """The rule from a parameter's change to the host that reads it, with a role for this alone."""

    rules: list[str]
    """What its event rules are called, after the application's prefix."""

    def __init__(self, name: str, args: RefreshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Refresh", name, None, opts)
        names, called = args.names, args.names.part(CHANGED)
        self.rules = [CHANGED]
        rule = cloudwatch.EventRule(
            f"{name}-rule",
            name=called,
            description="A parameter of the host changed: it fetches them all again",
            event_pattern=json.dumps(_changed(args.parameters)),
            state="ENABLED",
            opts=child_of(self, args.depends_on),
        )
        role = iam.Role(
            f"{name}-role",
            name=called,
            description="EventBridge runs the update document on the host",
            assume_role_policy=service_trust("events.amazonaws.com", names.account_id),
            max_session_duration=3600,
            opts=child_of(self),
        )
        machines = f"arn:aws:ec2:{names.region}:{names.account_id}:instance/*"
        ours = {f"ssm:resourceTag/{key}": value for key, value in args.tags.items()}
        permission = iam.RolePolicy(
            f"{name}-permission",
            name=called,
            role=role.name,
            policy=document(
                allow("ssm:SendCommand", names.document_arn(names.update_document)),
                allow("ssm:SendCommand", machines, {"StringEquals": ours}),
            ),
            opts=unprotected_child(self),
        )
        iam.RolePoliciesExclusive(
            f"{name}-policies",
            role_name=role.name,
            policy_names=[permission.name],
            opts=unprotected_child(self),
        )
        iam.RolePolicyAttachmentsExclusive(
            f"{name}-attachments", role_name=role.name, policy_arns=[], opts=unprotected_child(self)
        )
        cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            arn=args.document_arn,
            role_arn=role.arn,
            # EventBridge takes one tag; the role's conditions hold all of them.
            run_command_targets=[{"key": "tag:Name", "values": [names.host_name]}],
            opts=child_of(self, [permission]),
        )
        self.register_outputs({"rules": self.rules})


def _changed(parameters: Sequence[str]) -> dict[str, object]:
    return {
        "source": ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        "detail": {"name": list(parameters), "operation": ["Create", "Update", "Delete"]},
    }
