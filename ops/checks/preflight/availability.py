"""Checks that the stack's zones offer its instance classes and VPC endpoint services."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.registry import Problem
from ops.core.aws_state import AwsState
from settings.aws.postgresql import major_of
from settings.zones import chosen_zones

EXCLUDE = "set network.azExclude"


def database_zones(aws: AwsState) -> Iterator[Problem]:
    """The database's instance class is available in every zone that the stack uses."""
    database = aws.settings.database
    if database is None:
        return
    options = aws.list(
        "rds",
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        Engine="postgres",
        DBInstanceClass=database.instance_class,
        Vpc=True,
    )
    major = major_of(database.engine_version)
    offered = {
        zone["Name"]
        for option in options
        if option["EngineVersion"].split(".")[0] == major
        for zone in option["AvailabilityZones"]
    }
    for name, zone_id in _zones(aws).items():
        if name not in offered:
            yield Problem(
                database.instance_class,
                f"is not available in {zone_id} with PostgreSQL {major}",
                EXCLUDE,
            )


def endpoint_zones(aws: AwsState) -> Iterator[Problem]:
    """The service of each declared VPC endpoint is available in every zone that the stack uses."""
    base = f"com.amazonaws.{aws.settings.region}."
    wanted = [f"{base}{service}" for service in aws.settings.network.endpoints]
    if not wanted:
        return
    details = aws.list("ec2", "describe_vpc_endpoint_services", "ServiceDetails", ServiceNames=wanted)
    offered = {one["ServiceName"]: set(one["AvailabilityZones"]) for one in details}
    for service in wanted:
        for name, zone_id in _zones(aws).items():
            if name not in offered.get(service, set()):
                yield Problem(service.removeprefix(base), f"is not available in {zone_id}", EXCLUDE)


def host_zones(aws: AwsState) -> Iterator[Problem]:
    """The host's instance type is available in every zone that the stack uses."""
    host = aws.settings.host
    if host is None:
        return
    offered = {
        one["Location"]
        for one in aws.list(
            "ec2",
            "describe_instance_type_offerings",
            "InstanceTypeOfferings",
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": [host.instance_type]}],
        )
    }
    for name, zone_id in _zones(aws).items():
        if name not in offered:
            yield Problem(host.instance_type, f"is not available in {zone_id}", EXCLUDE)


def _zones(aws: AwsState) -> dict[str, str]:
    """The zones that the program will choose: names to IDs."""
    offered = aws.list(
        "ec2",
        "describe_availability_zones",
        "AvailabilityZones",
        Filters=[
            {"Name": "state", "Values": ["available"]},
            {"Name": "opt-in-status", "Values": ["opt-in-not-required"]},
        ],
    )
    return chosen_zones(aws.settings.network, {one["ZoneName"]: one["ZoneId"] for one in offered})
