"""Checks that nothing has the names that the stack will use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from ops.checks.verify.data.database import instance
from ops.checks.verify.registry import Problem
from ops.checks.verify.secrets.secrets import inventory
from ops.core.aws_state import AwsState, tags
from ops.core.session import error_code
from settings.names import Names
from settings.store_state import proofs_path

OTHERWISE = "import it (docs/operations/adopt.md), delete it, or set application.namePrefix"


@dataclass(frozen=True)
class Kind:
    """One kind of resource whose names are unique, and how AWS lists it."""

    what: str
    service: str
    operation: str
    member: str
    field: str
    prefixes: Callable[[Names], tuple[str, ...]]
    """Prefixes of the names that the stack gives to this kind."""


def _part(names: Names) -> tuple[str, ...]:
    return (names.part(""),)


def _path(names: Names) -> tuple[str, ...]:
    return (f"{names.parameter_path}/",)


KINDS = (
    Kind("KMS alias", "kms", "list_aliases", "Aliases", "AliasName", lambda names: (names.key_alias(""),)),
    Kind(
        "log group",
        "logs",
        "describe_log_groups",
        "logGroups",
        "logGroupName",
        lambda names: (*_path(names), f"/aws/lambda/{names.part('')}", f"/aws/rds/instance/{names.part('')}"),
    ),
    Kind("role", "iam", "list_roles", "Roles", "RoleName", _part),
    Kind("bucket", "s3", "list_buckets", "Buckets", "Name", _part),
    Kind("parameter", "ssm", "describe_parameters", "Parameters", "Name", _path),
    Kind(
        "repository",
        "ecr",
        "describe_repositories",
        "repositories",
        "repositoryName",
        lambda names: (f"{names.prefix}/",),
    ),
    Kind("function", "lambda", "list_functions", "Functions", "FunctionName", _part),
    Kind("load balancer", "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName", _part),
    Kind(
        "replication group",
        "elasticache",
        "describe_replication_groups",
        "ReplicationGroups",
        "ReplicationGroupId",
        _part,
    ),
)
"""The kinds that AWS refuses to create where the name exists."""


def secret_names(aws: AwsState) -> Iterator[Problem]:
    """No declared secret is scheduled for deletion."""
    for problem in inventory(aws):
        if "scheduled for deletion" in problem.problem:
            yield problem


def database_name(aws: AwsState) -> Iterator[Problem]:
    """A database instance that has the stack's name already has the stack's tags."""
    found = instance(aws)
    if found is not None and not aws.settings.tags.items() <= tags(found).items():
        yield Problem(
            found["DBInstanceIdentifier"], "exists already and does not have this stack's tags", OTHERWISE
        )


def left_over(aws: AwsState) -> Iterator[Problem]:
    """While the stack has no VPC, nothing has a name that the stack would give."""
    if aws.vpc is not None:
        return
    by_bootstrap = {
        aws.names.state_bucket,
        aws.names.update_role,
        aws.names.plan_role,
        aws.names.key_alias("pulumi"),
    }
    records = f"{proofs_path(aws.names)}/"
    for kind in KINDS:
        prefixes = kind.prefixes(aws.names)
        for one in aws.list(kind.service, kind.operation, kind.member):
            name = one[kind.field]
            # The records of `ops retire` stay after a stack was destroyed; the program creates none.
            if name.startswith(prefixes) and name not in by_bootstrap and not name.startswith(records):
                yield Problem(f"{kind.what} {name}", "exists already", OTHERWISE)


def buckets(aws: AwsState) -> Iterator[Problem]:
    """No other account has a bucket with a name that the stack will use."""
    if aws.vpc is not None:
        return
    audited = ("trail", "access") if aws.settings.audit else ()
    recorded = ("config",) if aws.settings.owns_account else ()
    wanted = [aws.names.audit_bucket(what) for what in (*audited, *recorded)]
    wanted += map(aws.names.bucket, aws.settings.buckets)
    for bucket in wanted:
        try:
            aws.ask("s3", "head_bucket", Bucket=bucket)
        except ClientError as error:
            if error_code(error) in ("403", "Forbidden", "AccessDenied"):
                yield Problem(f"bucket {bucket}", "belongs to another account", "set application.namePrefix")
            elif error_code(error) not in ("404", "NoSuchBucket", "NotFound"):
                raise
