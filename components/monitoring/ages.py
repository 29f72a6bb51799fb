"""The function that publishes once a day how old secrets and restore tests are, and when the CA expires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.functions import Function, FunctionArgs, invoke
from components.kms import Keys
from components.monitoring.alarms.hygiene.ages import AgeMetrics
from components.monitoring.log_filters import namespace
from components.options import child_of
from iam_documents import Statement, allow
from settings.grants import StoreEntry
from settings.names import Names

DAILY = "cron(0 5 * * ? *)"
TIMEOUT_S, CONCURRENCY = 120, 1
RULE = "publish-ages"
"""Name of the event rule, after the application's prefix."""


@dataclass(frozen=True, kw_only=True)
class AgesArgs:
    """Whose ages are published."""

    names: Names
    entries: Sequence[StoreEntry]
    """What the stack has in its stores; only the current value of each secret counts."""
    database: pulumi.Input[str] | None
    """Identifier of the database, whose certificate authority expires; None where there is none."""
    restore_tests: bool
    """Whether the stack tests its backups."""
    keys: Keys
    log_days: int
    code: pulumi.Archive
    """The package of the function."""


class Ages(pulumi.ComponentResource):
    """The function with its schedule; it reads metadata, and no value of a secret."""

    metrics: AgeMetrics
    """What is published, by which function, from which the alarms are made."""

    def __init__(self, name: str, args: AgesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Ages", name, None, opts)
        self._args, names, part = args, args.names, child_of(self)
        self._namespace = namespace(names.prefix, "Hygiene")
        self._current = [entry for entry in args.entries if entry.holds == "current" and entry.expected]
        function = self._function(f"{name}-publish")
        rule = cloudwatch.EventRule(
            f"{name}-daily",
            name=names.part(RULE),
            description="Publishes the ages of secrets, restore tests and the certificate authority",
            schedule_expression=DAILY,
            state="ENABLED",
            opts=part,
        )
        invoke(f"{name}-publish", f"{name}-daily", rule=rule, function=function, names=names, opts=part)
        self.metrics = AgeMetrics(
            namespace=self._namespace,
            functions={"publish-ages": function.name},
            rules=[RULE],
            max_age_days={entry.store_name: entry.secret.rotate_every for entry in self._current},
            restore_tests=args.restore_tests,
            authority=args.database is not None,
        )
        self.register_outputs({"function": function.name})

    def _function(self, name: str) -> Function:
        args, names = self._args, self._args.names
        stored: dict[bool, list[str]] = {True: [], False: []}
        for entry in self._current:
            stored[entry.secret.in_parameter_store].append(entry.store_name)
        environment: dict[str, pulumi.Input[str]] = {
            "METRIC_NAMESPACE": self._namespace,
            "SECRETS": pulumi.Output.json_dumps(stored[False]),
            "PARAMETERS": pulumi.Output.json_dumps(stored[True]),
        }
        if args.database is not None:
            environment["DATABASE_IDENTIFIER"] = args.database
        if args.restore_tests:
            environment["RESTORE_TESTING_PLAN"] = names.restore_testing_plan
        return Function(
            name,
            FunctionArgs(
                names=names,
                what="publish-ages",
                description="Publishes the ages of secrets, restore tests and the certificate authority",
                code=args.code,
                handler="publish_ages.handler.handler",
                timeout_s=TIMEOUT_S,
                concurrency=CONCURRENCY,
                environment=environment,
                statements=self._rights(stored[False]),
                keys=args.keys,
                log_days=args.log_days,
            ),
            child_of(self),
        )

    def _rights(self, secrets: Sequence[str]) -> list[Statement]:
        args, names = self._args, self._args.names
        base = f"{names.region}:{names.account_id}"
        found = [
            allow(
                "cloudwatch:PutMetricData",
                "*",  # takes no resource
                {"StringEquals": {"cloudwatch:namespace": self._namespace}},
            ),
            *self._database_rights(base),
            # These take no resource.
            allow(
                ("cloudwatch:GetMetricStatistics", "rds:DescribeCertificates", "ssm:DescribeParameters"), "*"
            ),
        ]
        if secrets:
            # By name, so that neither a policy nor a reader takes it for a permission to read the values.
            arns = [f"arn:aws:secretsmanager:{base}:secret:{one}-??????" for one in secrets]
            found.append(allow("secretsmanager:ListSecretVersionIds", arns))
        if args.restore_tests:
            plan = f"arn:aws:backup:{base}:restore-testing-plan:{names.restore_testing_plan}*"
            found.append(allow("backup:GetRestoreTestingPlan", plan))
        return found

    def _database_rights(self, base: str) -> list[Statement]:
        if self._args.database is None:
            return []
        arn = pulumi.Output.concat(f"arn:aws:rds:{base}:db:", self._args.database)
        return [allow("rds:DescribeDBInstances", arn)]
