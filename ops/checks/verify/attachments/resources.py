"""The resources of a stack whose attachments are read, as AWS describes them."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.attachments.row import Resource
from ops.checks.verify.data import cache, database
from ops.checks.verify.ecs.tasks import cluster_of, listed, platform_of
from ops.checks.verify.monitoring import alarms, logs
from ops.checks.verify.secrets import keys as kms
from ops.checks.verify.secrets.secrets import present
from ops.core.aws_state import AwsState


def account(aws: AwsState) -> Iterator[Resource]:
    """The account in the stack's region."""
    yield Resource(f"account {aws.settings.account_id} in {aws.settings.region}")


def own_account(aws: AwsState) -> Iterator[Resource]:
    """The account in the stack's region, where no other stack shares it."""
    if aws.settings.owns_account:
        yield from account(aws)


def keys(aws: AwsState) -> Iterator[Resource]:
    """The stack's KMS keys."""
    for purpose, arn in kms.key_arns(aws).items():
        described = aws.ask("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        yield Resource(kms.key_name(aws, purpose), {"KeyId": arn}, described)


def secrets(aws: AwsState) -> Iterator[Resource]:
    """The declared secrets, and the one in which RDS keeps the master password."""
    master = ((database.instance(aws) or {}).get("MasterUserSecret") or {}).get("SecretArn")
    arns = {name: secret["ARN"] for name, (_, secret) in present(aws).items()}
    for name, arn in {**arns, **({"master secret of the database": master} if master else {})}.items():
        described = aws.ask("secretsmanager", "describe_secret", SecretId=arn)
        yield Resource(name, {"SecretId": arn}, described)


def databases(aws: AwsState) -> Iterator[Resource]:
    """The RDS instance."""
    if (one := database.instance(aws)) is not None:
        yield Resource(one["DBInstanceIdentifier"], {}, one)


def snapshots(aws: AwsState) -> Iterator[Resource]:
    """The manual snapshots of the RDS instance; AWS lets nobody share an automated one."""
    for one in databases(aws):
        for found in aws.list(
            "rds",
            "describe_db_snapshots",
            "DBSnapshots",
            DBInstanceIdentifier=one.name,
            SnapshotType="manual",
        ):
            name = found["DBSnapshotIdentifier"]
            yield Resource(f"snapshot {name}", {"DBSnapshotIdentifier": name}, found)


def caches(aws: AwsState) -> Iterator[Resource]:
    """The ElastiCache replication group."""
    if (one := cache.group(aws)) is not None:
        yield Resource(one["ReplicationGroupId"], {}, one)


def repositories(aws: AwsState) -> Iterator[Resource]:
    """The ECR repositories under the application's prefix."""
    for one in aws.list("ecr", "describe_repositories", "repositories"):
        name = one["repositoryName"]
        if name.startswith(f"{aws.names.prefix}/"):
            yield Resource(f"repository {name}", {"repositoryName": name}, one)


def log_groups(aws: AwsState) -> Iterator[Resource]:
    """The log groups of the stack."""
    for name, one in logs.own(aws).items():
        yield Resource(name, {"logGroupName": name}, one)


def clusters(aws: AwsState) -> Iterator[Resource]:
    """The ECS cluster."""
    if platform_of(aws) and (one := cluster_of(aws)) is not None:
        yield Resource(aws.names.cluster, {"cluster": aws.names.cluster}, one)


def services(aws: AwsState) -> Iterator[Resource]:
    """The ECS services of the cluster."""
    for _ in clusters(aws):
        for name, one in listed(aws).items():
            yield Resource(f"service {name}", {"ResourceId": f"service/{aws.names.cluster}/{name}"}, one)


def namespaces(aws: AwsState) -> Iterator[Resource]:
    """The Cloud Map namespace of the cluster."""
    if platform_of(aws):
        for one in aws.list("servicediscovery", "list_namespaces", "Namespaces"):
            if one["Name"] == aws.names.cluster:
                yield Resource(f"namespace {one['Name']}", {}, one)


def functions(aws: AwsState) -> Iterator[Resource]:
    """The application's Lambda functions."""
    for one in aws.list("lambda", "list_functions", "Functions"):
        name = one["FunctionName"]
        if name.startswith(aws.names.part("")):
            yield Resource(f"function {name}", {"FunctionName": name}, one)


def topics(aws: AwsState) -> Iterator[Resource]:
    """The SNS topics of the alarms, with their attributes."""
    for arn, attributes in alarms.topics_of(aws).items():
        yield Resource(f"topic {arn.rpartition(':')[2]}", {"TopicArn": arn}, attributes)


def rules(aws: AwsState) -> Iterator[Resource]:
    """The EventBridge rules under the application's prefix."""
    for one in aws.list("events", "list_rules", "Rules", NamePrefix=aws.names.part("")):
        yield Resource(f"rule {one['Name']}", {"Rule": one["Name"]}, one)
