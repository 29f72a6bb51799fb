"""A stand-in for an account before the first update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from ops.checks.preflight import PREFLIGHT
from ops.checks.preflight.names import KINDS
from ops.checks.verify.registry import Problem
from settings import Settings
from tests.ops.live import declared

ZONES = [f"eu-west-1{letter}" for letter in "abc"]
QUOTAS = {
    "L-0263D0A3": 5,
    "L-F678F1CE": 5,
    "L-0EA8095F": 60,
    "L-1216C47A": 32,
    "L-3032A538": 500,
}


class Account:
    """An account without problems, except those that a test adds."""

    def __init__(self, settings: Settings | None = None, **answers: Any) -> None:
        self.settings = settings or declared()
        self.names = self.settings.names
        self.vpc: dict[str, str] | None = None
        region, database = self.settings.region, self.settings.database
        zones = [f"{region}{letter}" for letter in "abc"]
        assert database
        assert self.settings.edge
        self._answers: dict[str, Any] = {
            "describe_availability_zones": [
                {"ZoneName": name, "ZoneId": f"{short(region)}-az{n}"} for n, name in enumerate(zones, 1)
            ],
            "describe_orderable_db_instance_options": [
                {
                    "EngineVersion": database.engine_version,
                    "AvailabilityZones": [{"Name": zone} for zone in zones],
                }
            ],
            "describe_vpc_endpoint_services": [
                {"ServiceName": f"com.amazonaws.{region}.{name}", "AvailabilityZones": zones}
                for name in self.settings.network.endpoints
            ],
            "describe_addresses": [],
            "describe_vpcs": [],
            "describe_db_instances": [],
            "list_secrets": [],
            "list_open_id_connect_providers": [],
            "get_service_quota": QUOTAS,
            "get_account_settings": {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}},
            "describe_instance_types": [{"VCpuInfo": {"DefaultVCpus": 2}}],
            "describe_instance_type_offerings": [{"Location": zone} for zone in zones],
            "describe_trails": {"trailList": []},
            "list_detectors": [],
            "describe_configuration_recorders": {"ConfigurationRecorders": []},
            "describe_delivery_channels": {"DeliveryChannels": []},
            "list_analyzers": [],
            "describe_document": refusal("InvalidDocument"),
            "head_bucket": refusal("404"),
            **{kind.operation: [] for kind in KINDS},
            "get_hosted_zone": {"HostedZone": {"Name": f"{self.settings.edge.domain}."}},
            **answers,
        }

    def list(self, service: str, operation: str, member: str, **params: Any) -> Any:
        return self._answers[operation]

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        answer = self._answers[operation]
        if isinstance(answer, Exception):
            raise answer
        if operation == "get_service_quota":
            return {"Quota": {"Value": float(answer[params["QuotaCode"]])}}
        return answer


def short(region: str) -> str:
    """The region as zone IDs spell it: ``euw1``."""
    area, way, number = region.split("-")
    return f"{area}{way[0]}{number}"


def refusal(code: str) -> ClientError:
    """What botocore raises for an answer with this error code."""
    return ClientError({"Error": {"Code": code, "Message": ""}}, "operation")


def problems(aws: Any) -> list[str]:
    """Every problem as subject, problem and remedy."""
    found: Iterator[Problem] = (one for each in PREFLIGHT for one in each.ask(aws))
    return [f"{one.subject}: {one.problem}; {one.remedy}" for one in found]
