"""Checks of the stack as a whole: its administrators, and the settings that production needs."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.errors import nearest
from settings.schema.aws_regions import PARTITION, REGIONS, partition_of
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


def sign_off_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check the settings that production needs before it goes live."""
    if settings.environment.production:
        needed = {"monitoring.email": settings.monitoring.email, "edge.domain": settings.edge.domain}
        delivery = settings.delivery
        needed["delivery.repositoryId"] = str(delivery.repository_id) if delivery else None
        missing = [path for path, value in needed.items() if not value]
        if missing:
            yield (
                f"{settings.environment.name} needs {', '.join(needed)} before it goes live; "
                f"missing: {', '.join(missing)}"
            )
