"""Runs the update document on the host when one of its parameters changes."""

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
"""Name of the rule and its role, after the application's prefix."""


@dataclass(frozen=True, kw_only=True)
class RefreshArgs:
    """Which parameters are watched, and which document is run where."""

    names: Names
    parameters: Sequence[str]
    """Exact names of the watched parameters."""
    document_arn: pulumi.Input[str]
    """The SSM document that reads the parameters again."""
    tags: Mapping[str, str]
    """Tags that every host has."""
    depends_on: Sequence[pulumi.Resource]
    """The host; the rule is created after it, so that the first value of a parameter starts no update."""


class Refresh(pulumi.ComponentResource):
    """The EventBridge rule from a parameter's change to the update document, with a role for this alone."""

    rules: list[str]
    """Names of the event rules, after the application's prefix."""

    def __init__(self, name: str, args: RefreshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Refresh", name, None, opts)
        names, called = args.names, args.names.part(CHANGED)
        self.rules = [CHANGED]
        rule = cloudwatch.EventRule(
            f"{name}-rule",
            name=called,
            description="A parameter of the host changed: run the update document",
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
            # EventBridge accepts one tag as target; the role's conditions check all of them.
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
