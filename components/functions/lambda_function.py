"""A Lambda function with its log group and its role, which allows its own code nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, iam, lambda_

from components.iam import document, service_trust
from components.kms import Keys
from components.network import Placement
from components.options import child_of, unprotected_child
from iam_documents import Statement, allow, deny
from settings.names import Names

RUNTIME = "python3.13"
MEMORY_MIB = 256

# Lambda creates and deletes the function's network interfaces with its role; their ids are not known before.
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What runs, with which permissions, and where."""

    names: Names
    what: str
    """The last part of the function's and its role's name."""
    description: str
    code: pulumi.Archive
    handler: str
    timeout_s: int
    environment: Mapping[str, pulumi.Input[str]]
    statements: Sequence[Statement]
    """Permissions besides its own log group."""
    keys: Keys
    log_days: int
    concurrency: int
    """Reserved concurrency: how many executions may run at a time."""
    placement: Placement | None = None
    security_group_id: pulumi.Input[str] | None = None


class Function(pulumi.ComponentResource):
    """One function; outside the VPC unless it has a placement."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Function", name, None, opts)
        names, part, called = args.names, child_of(self), args.names.part(args.what)
        arn = f"arn:aws:lambda:{names.region}:{names.account_id}:function:{called}"
        log = cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/lambda/{called}",
            retention_in_days=args.log_days,
            kms_key_id=args.keys.arns["logs"],
            opts=part,
        )
        role = iam.Role(
            f"{name}-role",
            name=called,
            description=args.description,
            assume_role_policy=service_trust("lambda.amazonaws.com"),
            opts=part,
        )
        permission = iam.RolePolicy(
            f"{name}-permission",
            name=called,
            role=role.name,
            policy=document(
                allow(
                    ("logs:CreateLogStream", "logs:PutLogEvents"),
                    pulumi.Output.concat(log.arn, ":log-stream:*"),
                ),
                *(_interfaces(arn) if args.placement else ()),
                *args.statements,
            ),
            opts=unprotected_child(self),
        )
        iam.RolePolicyAttachmentsExclusive(
            f"{name}-attachments", role_name=role.name, policy_arns=[], opts=unprotected_child(self)
        )
        inside = None
        if args.placement is not None and args.security_group_id is not None:
            inside = lambda_.FunctionVpcConfigArgs(
                subnet_ids=list(args.placement.subnet_ids), security_group_ids=[args.security_group_id]
            )
        function = lambda_.Function(
            f"{name}-function",
            name=called,
            description=args.description,
            role=role.arn,
            runtime=RUNTIME,
            handler=args.handler,
            code=args.code,
            timeout=args.timeout_s,
            memory_size=MEMORY_MIB,
            reserved_concurrent_executions=args.concurrency,
            kms_key_arn=args.keys.arns["data"],
            environment=lambda_.FunctionEnvironmentArgs(variables=dict(args.environment)),
            vpc_config=inside,
            # Lambda would create a missing log group itself, unencrypted and without retention.
            opts=child_of(self, [log, permission]),
        )
        self.arn, self.name = function.arn, function.name
        self.register_outputs({"arn": self.arn, "name": self.name})


def _interfaces(function_arn: str) -> tuple[Statement, ...]:
    """Allow Lambda to manage the network interfaces, and deny it to the function's own code."""
    return (
        allow(_INTERFACES, "*"),
        deny(_INTERFACES, "*", {"ArnEquals": {"lambda:SourceFunctionArn": function_arn}}),
    )
