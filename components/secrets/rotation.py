"""The database URL is rotated on schedule between two logins, and no value of it passes through Pulumi."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, lambda_, secretsmanager

from components.data.database import Database
from components.functions.lambda_function import Function, FunctionArgs
from components.iam import Statement, allow
from components.kms.keys import Keys
from components.network.placement import Placement
from components.options import child_of
from components.secrets.secrets import Secrets
from settings.names import Names
from settings.schema.secrets import SecretSettings

WAIT_S = 120
"""How long the waiting call gives the first rotation."""
TIMEOUT_S = WAIT_S + 30
# A rotation's steps come one after the other while the waiting call holds a place of its own.
CONCURRENCY = 3
REDEPLOY_TIMEOUT_S = 60
ROTATED = "database-url-rotated"


@dataclass(frozen=True, kw_only=True)
class RotationArgs:
    """What is rotated, on which database, and who must start anew afterwards."""

    names: Names
    secret: SecretSettings
    secrets: Secrets
    database: Database
    database_name: str
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys
    log_days: int
    rotate_code: pulumi.Archive
    redeploy_code: pulumi.Archive


class Rotation(pulumi.ComponentResource):
    """The function that owns the database URL, its schedule, and the wait for the first value."""

    functions: dict[str, pulumi.Output[str]]
    """Names of its functions, by what they do."""
    rules: list[str]
    """What its event rules are called, after the application's prefix."""
    first_value: lambda_.Invocation
    """Done when the secret has a value: what the readers wait for."""

    def __init__(self, name: str, args: RotationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Rotation", name, None, opts)
        self._name, self._args, names = name, args, args.names
        master_arn = args.database.master_secret_arn
        if master_arn is None:
            raise ValueError("rotation needs a master secret that RDS manages")
        self._secret_arn = args.secrets.arns[args.secret.name]
        function = Function(
            f"{name}-rotate",
            FunctionArgs(
                names=names,
                what="rotate",
                description="Rotates the database URL between two logins",
                code=args.rotate_code,
                handler="rotate_database.handler.handle",
                timeout_s=TIMEOUT_S,
                concurrency=CONCURRENCY,
                environment={
                    "SECRET_ARN": self._secret_arn,
                    "MASTER_SECRET_ARN": master_arn,
                    "DATABASE_HOST": args.database.address,
                    "DATABASE_PORT": args.database.port.apply(str),
                    "DATABASE_NAME": args.database_name,
                    "ROLE_PREFIX": names.prefix.replace("-", "_"),
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
        self.functions, self.rules = {"rotate": function.name}, []
        permission = lambda_.Permission(
            f"{name}-rotate",
            function=function.name,
            action="lambda:InvokeFunction",
            principal="secretsmanager.amazonaws.com",
            source_arn=self._secret_arn,
            source_account=names.account_id,
            opts=child_of(self),
        )
        schedule = secretsmanager.SecretRotation(
            f"{name}-schedule",
            secret_id=self._secret_arn,
            rotation_lambda_arn=function.arn,
            rotate_immediately=True,
            rotation_rules=secretsmanager.SecretRotationRotationRulesArgs(
                automatically_after_days=args.secret.rotate_every
            ),
            opts=child_of(self, [permission]),
        )
        # RotateSecret returns at once; a reader that starts before the first value would not start at all.
        self.first_value = lambda_.Invocation(
            f"{name}-first-value",
            function_name=function.name,
            input=self._secret_arn.apply(lambda arn: json.dumps({"Wait": arn})),
            opts=child_of(self, [schedule]),
        )
        self.register_outputs({})

    def redeploy(self, cluster_name: pulumi.Input[str], services: Mapping[str, pulumi.Input[str]]) -> None:
        """Start exactly these readers anew after each rotation (ECS service names by service).

        The next rotation would otherwise meet sessions of the login it is about to change, and refuse.
        """
        names = self._args.names
        base = f"arn:aws:ecs:{names.region}:{names.account_id}"
        readers = [
            pulumi.Output.concat(f"{base}:service/", cluster_name, "/", one) for one in services.values()
        ]
        on_cluster = {"ArnEquals": {"ecs:cluster": pulumi.Output.concat(f"{base}:cluster/", cluster_name)}}
        function = Function(
            f"{self._name}-redeploy",
            FunctionArgs(
                names=names,
                what="redeploy-readers",
                description="Starts the readers of the database URL anew after its rotation",
                code=self._args.redeploy_code,
                handler="redeploy_readers.handler.handle",
                timeout_s=REDEPLOY_TIMEOUT_S,
                concurrency=1,
                environment={
                    "SECRET_ARN": self._secret_arn,
                    "CLUSTER": cluster_name,
                    "READERS": pulumi.Output.json_dumps(list(services.values())),
                },
                statements=[allow("ecs:UpdateService", readers, on_cluster)],
                keys=self._args.keys,
                log_days=self._args.log_days,
            ),
            child_of(self),
        )
        self.functions["redeploy-readers"] = function.name
        self.rules.append(ROTATED)
        rule = cloudwatch.EventRule(
            f"{self._name}-rotated",
            name=names.part(ROTATED),
            description="The database URL was rotated: its readers start anew",
            event_pattern=self._secret_arn.apply(_rotated),
            state="ENABLED",
            opts=child_of(self),
        )
        lambda_.Permission(
            f"{self._name}-redeploy",
            function=function.name,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            source_account=names.account_id,
            opts=child_of(self),
        )
        cloudwatch.EventTarget(f"{self._name}-rotated", rule=rule.name, arn=function.arn, opts=child_of(self))

    def _rights(self, master_arn: pulumi.Input[str]) -> list[Statement]:
        keys, region, secret_arn = self._args.keys, self._args.names.region, self._secret_arn
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


def _rotated(secret_arn: str) -> str:
    """Comes through CloudTrail: without a trail in the account nobody is told (decision 010)."""
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
