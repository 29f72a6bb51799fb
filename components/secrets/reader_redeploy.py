"""Redeploys the services that read the database URL after each rotation of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.functions import Function, FunctionArgs, invoke
from components.kms import Keys
from components.options import child_of
from components.secrets.rotation import Rotation
from iam_documents import allow
from settings.names import Names

TIMEOUT_S = 60
CONCURRENCY = 1
ROTATED = "database-url-rotated"
"""Name of the event rule, after the application's prefix."""


@dataclass(frozen=True, kw_only=True)
class ReaderRedeployArgs:
    """Which services are redeployed, and after the rotation of which secret."""

    names: Names
    rotation: Rotation
    cluster_name: pulumi.Input[str]
    readers: Mapping[str, pulumi.Input[str]]
    """ECS service names by service; only these are redeployed."""
    keys: Keys
    log_days: int
    code: pulumi.Archive
    """The package of the function that redeploys."""


class ReaderRedeploy(pulumi.ComponentResource):
    """The event rule on the rotation, and the Lambda function that redeploys the readers.

    Without a redeployment, the next rotation would find sessions of the user whose password it changes,
    and refuse to run.
    """

    functions: dict[str, pulumi.Output[str]]
    """Names of the functions, by what they do."""
    rules: Sequence[str]
    """Names of the event rules, after the application's prefix."""

    def __init__(
        self, name: str, args: ReaderRedeployArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("strongroom:index:ReaderRedeploy", name, None, opts)
        names, secret_arn = args.names, args.rotation.secret_arn
        # These resources were children of the rotation until 2026-11-29; the alias keeps them as they are.
        moved = pulumi.ResourceOptions.merge(
            child_of(self), pulumi.ResourceOptions(aliases=[pulumi.Alias(parent=args.rotation)])
        )
        base = f"arn:aws:ecs:{names.region}:{names.account_id}"
        readers = [
            pulumi.Output.concat(f"{base}:service/", args.cluster_name, "/", reader)
            for reader in args.readers.values()
        ]
        cluster_arn = pulumi.Output.concat(f"{base}:cluster/", args.cluster_name)
        function = Function(
            f"{name}-redeploy",
            FunctionArgs(
                names=names,
                what="redeploy-readers",
                description="Redeploys the services that read the database URL after its rotation",
                code=args.code,
                handler="redeploy_readers.handler.handle",
                timeout_s=TIMEOUT_S,
                concurrency=CONCURRENCY,
                environment={
                    "SECRET_ARN": secret_arn,
                    "CLUSTER": args.cluster_name,
                    "READERS": pulumi.Output.json_dumps(list(args.readers.values())),
                },
                statements=[
                    allow(
                        ("ecs:DescribeServices", "ecs:UpdateService"),
                        readers,
                        {"ArnEquals": {"ecs:cluster": cluster_arn}},
                    )
                ],
                keys=args.keys,
                log_days=args.log_days,
            ),
            moved,
        )
        rule = cloudwatch.EventRule(
            f"{name}-rotated",
            name=names.part(ROTATED),
            description="The database URL was rotated: redeploy the services that read it",
            event_pattern=secret_arn.apply(_rotated),
            state="ENABLED",
            opts=moved,
        )
        invoke(f"{name}-redeploy", f"{name}-rotated", rule=rule, function=function, names=names, opts=moved)
        self.functions, self.rules = {"redeploy-readers": function.name}, [ROTATED]
        self.register_outputs({"functions": self.functions})


def _rotated(secret_arn: str) -> str:
    """The event comes through CloudTrail: without a trail in the account it never arrives (decision 010)."""
    return json.dumps(
        {
            "source": ["aws.secretsmanager"],
            "detail-type": ["AWS Service Event via CloudTrail"],
            "detail": {
                "eventName": ["RotationSucceeded"],
                "additionalEventData": {"SecretId": [secret_arn]},
            },
        }
    )
