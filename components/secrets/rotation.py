"""Rotates the database URL on a schedule between two database users; Pulumi never sees a value of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lambda_, secretsmanager

from components.data import Database
from components.functions import Function, FunctionArgs
from components.kms import Keys
from components.network import Placement
from components.options import child_of
from components.secrets.secrets import Secrets
from iam_documents import Statement, allow
from settings.names import Names
from settings.schema.secrets import SecretSettings

WAIT_S = 120
"""Seconds that the waiting call gives the first rotation."""
TIMEOUT_S = WAIT_S + 30
# The steps of a rotation run one after the other, and the waiting call takes one more execution.
CONCURRENCY = 3


@dataclass(frozen=True, kw_only=True)
class RotationArgs:
    """Which secret is rotated, and on which database."""

    names: Names
    secret: SecretSettings
    secrets: Secrets
    database: Database
    database_name: str
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys
    log_days: int
    code: pulumi.Archive
    """The package of the function that rotates."""


class Rotation(pulumi.ComponentResource):
    """The Lambda function that rotates the database URL, its schedule, and the wait for the first value."""

    functions: dict[str, pulumi.Output[str]]
    """Names of the functions, by what they do."""
    secret_arn: pulumi.Output[str]
    """The secret that is rotated."""
    readers: Sequence[str]
    """The services and tools that read it."""
    ready: Sequence[pulumi.Resource]
    """The call that returns once the secret has its first value: what a reader depends on."""

    def __init__(self, name: str, args: RotationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Rotation", name, None, opts)
        self._args, names = args, args.names
        self.readers = args.secret.readers
        master_arn = args.database.master_secret_arn
        if master_arn is None:
            raise ValueError("rotation needs a master secret that RDS manages")
        self.secret_arn = args.secrets.arns[args.secret.name]
        function = Function(
            f"{name}-rotate",
            FunctionArgs(
                names=names,
                what="rotate",
                description="Rotates the database URL between two database users",
                code=args.code,
                handler="rotate_database.handler.handle",
                timeout_s=TIMEOUT_S,
                concurrency=CONCURRENCY,
                environment={
                    "SECRET_ARN": self.secret_arn,
                    "MASTER_SECRET_ARN": master_arn,
                    "DATABASE_HOST": args.database.address,
                    "DATABASE_PORT": args.database.port.apply(str),
                    "DATABASE_NAME": args.database_name,
                    "ROLE_PREFIX": names.database_role_prefix,
                    "SECURITY_GROUP": names.part("rotate"),
                },
                statements=self._rights(master_arn),
                keys=args.keys,
                log_days=args.log_days,
                placement=args.placement,
                security_group_id=args.security_group_id,
            ),
            child_of(self),
        )
        self.functions = {"rotate": function.name}
        permission = lambda_.Permission(
            f"{name}-rotate",
            function=function.name,
            action="lambda:InvokeFunction",
            principal="secretsmanager.amazonaws.com",
            source_arn=self.secret_arn,
            source_account=names.account_id,
            opts=child_of(self),
        )
        schedule = secretsmanager.SecretRotation(
            f"{name}-schedule",
            secret_id=self.secret_arn,
            rotation_lambda_arn=function.arn,
            rotate_immediately=True,
            rotation_rules=secretsmanager.SecretRotationRotationRulesArgs(
                automatically_after_days=args.secret.rotate_every
            ),
            opts=child_of(self, [permission]),
        )
        # RotateSecret returns before the rotation ends; a reader without a first value could not start.
        first_value = lambda_.Invocation(
            f"{name}-first-value",
            function_name=function.name,
            input=self.secret_arn.apply(lambda arn: json.dumps({"Wait": arn})),
            opts=child_of(self, [schedule]),
        )
        self.ready = [first_value]
        self.register_outputs({"functions": self.functions})

    def _rights(self, master_arn: pulumi.Input[str]) -> list[Statement]:
        keys, region, secret_arn = self._args.keys, self._args.names.region, self.secret_arn
        via = f"secretsmanager.{region}.amazonaws.com"

        def through_store(arn: pulumi.Input[str]) -> dict[str, object]:
            return {"StringEquals": {"kms:ViaService": via, "kms:EncryptionContext:SecretARN": arn}}

        return [
            allow(
                (
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ),
                secret_arn,
            ),
            allow("secretsmanager:GetSecretValue", master_arn),
            allow(("kms:Decrypt", "kms:GenerateDataKey"), keys.arns["secrets"], through_store(secret_arn)),
            allow("kms:Decrypt", keys.arns["data"], through_store(master_arn)),
        ]
