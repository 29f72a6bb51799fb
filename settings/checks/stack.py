"""Checks of the stack as a whole: its administrators, and the settings that production needs."""

from __future__ import annotations

from collections.abc import Iterator

from settings.administrators import is_administrator
from settings.aws.regions import PARTITION, REGIONS, partition_of
from settings.checks.check import Others
from settings.errors import nearest
from settings.schema.stack import Settings


def region_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the regions exist, in the partition that is supported."""
    regions = {"region": settings.region}
    if settings.backup is not None and settings.backup.copy_region:
        regions["backup.copyRegion"] = settings.backup.copy_region
    for path, region in regions.items():
        partition = partition_of(region)
        if partition is None:
            hint = nearest(region, sorted(REGIONS[PARTITION])) or "; choose one of AWS's regions"
            yield f"{path}={region}: is no region of AWS{hint}"
        elif partition != PARTITION:
            yield (
                f"{path}={region}: belongs to the partition {partition}; Strongroom supports the partition "
                f"{PARTITION} only: choose one of its regions"
            )


def administrator_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check the administrators of keys and secret policies."""
    if not settings.administrators:
        yield "administrators: empty; add the role that runs `up`, or it is locked out of secret policies"
    for arn in settings.administrators:
        if f":{settings.account_id}:" not in arn:
            account = settings.account_id
            yield f"administrators: {arn} is not in account {account}; name a role of that account"
        elif not arn.partition(":role/")[2].strip("*?/"):
            yield f"administrators: {arn} matches every role; name the roles of people and `up`"
        elif matched := [role for role in _workload_roles(settings) if is_administrator(role, (arn,))]:
            more = f" and {len(matched) - 1} more" if len(matched) > 1 else ""
            yield (
                f"administrators: {arn} matches {matched[0]}{more}, which the stack creates without the "
                "permissions of an administrator; write a pattern of the roles of people and `up` only"
            )


def _workload_roles(settings: Settings) -> Iterator[str]:
    """ARNs of the roles of workloads, pipelines, auditors and AWS's services: none of them administers."""
    names, platform = settings.names, settings.containers
    for name in (
        *(names.plan_role, names.deploy_role, names.auditor_role, names.host_role, names.rotation_role),
        *(names.config_role, names.trail, names.backup_role, names.restore_role, names.restore_check_role),
        "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    ):
        yield names.role_arn(name)
    for task in (*platform.services, *platform.tools) if platform else ():
        yield names.role_arn(names.execution_role(task))
        yield names.role_arn(names.task_role(task))


def delivery_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the OIDC provider of the pipeline is in the stack's account."""
    delivery, account = settings.delivery, settings.account_id
    arn = delivery.oidc_provider_arn if delivery else None
    if arn and f":{account}:" not in arn:
        yield f"delivery.oidcProviderArn={arn}: is not in account {account}; choose one of that account"


def sign_off_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check the settings that production needs before it goes live."""
    if settings.environment.production:
        needed = {"monitoring.email": settings.monitoring.email}
        if settings.edge is not None:
            needed["edge.domain"] = settings.edge.domain
        delivery = settings.delivery
        needed["delivery.repositoryId"] = str(delivery.repository_id) if delivery else None
        missing = [path for path, value in needed.items() if not value]
        if missing:
            yield (
                f"environment.production=true: needs {', '.join(needed)} before it goes live; "
                f"missing: {', '.join(missing)}"
            )
