"""GuardDuty: every feature of a detector with all its configurations; moto stores the last call's only."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.moto import routes
from sandbox.moto.hooks import Asked, Params, answers, corrects
from sandbox.moto.memory import every, memory
from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "guardduty",
        ("DetectorId", "DestinationId"),
        create="CreatePublishingDestination",
        reads="DescribePublishingDestination ListPublishingDestinations",
        delete="DeletePublishingDestination",
        fixed=(("Status", "PUBLISHING"),),
    ),
)
ENABLED_AT_FIRST = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
)
"""Features that every new detector has: docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html"""
ADDITIONAL = {
    "RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"),
    "EKS_RUNTIME_MONITORING": ("EKS_ADDON_MANAGEMENT",),
}
"""The configurations that GuardDuty returns of a feature, those too that nobody declared."""


@corrects("guardduty", "CreateDetector", "UpdateDetector")
def remember_features(asked: Asked, answer: Params) -> Params:
    """Features by name, with their configuration."""
    detector = asked.params.get("DetectorId") or answer.get("DetectorId", "")
    kept = memory("detector", asked, detector)
    for name in ENABLED_AT_FIRST if "DetectorId" in answer else ():
        kept[name] = {"Name": name, "Status": "ENABLED"}
    for feature in _features(asked):
        kept[feature["Name"]] = feature
    return answer


@corrects("guardduty", "GetDetector")
def recall_features(asked: Asked, answer: Params) -> Params:
    """Return all stored features."""
    kept = memory("detector", asked, asked.params["DetectorId"])
    return {**answer, "Features": [*map(_whole, kept.values())], "DataSources": _data_sources(kept)}


def _data_sources(kept: Params) -> Params:
    """The older form in which GuardDuty repeats three of the features."""
    s3, kubernetes, volumes = (
        {"Status": kept.get(name, {}).get("Status", "DISABLED")}
        for name in ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION")
    )
    return {
        "S3Logs": s3,
        "Kubernetes": {"AuditLogs": kubernetes},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": volumes}},
    }


def _whole(feature: Params) -> Params:
    """The feature with every configuration that it can have."""
    names = ADDITIONAL.get(feature["Name"])
    if names is None:
        return feature
    given = {one["Name"]: one["Status"] for one in feature.get("AdditionalConfiguration") or []}
    found = [{"Name": name, "Status": given.get(name, "DISABLED")} for name in names]
    return {**feature, "AdditionalConfiguration": found}


def _features(asked: Asked) -> list[dict[str, Any]]:
    return asked.params.get("Features") or []


@answers("guardduty", "ListFilters")
def list_filters(asked: Asked) -> Params:
    """Return the names of the detector's filters."""
    return {"FilterNames": [*asked.backend.detectors[asked.params["DetectorId"]].filters]}


@answers("guardduty", "GetAdministratorAccount")
def administrator(asked: Asked) -> Params:
    """Return the account whose invitation was accepted; moto names the member wrongly."""
    accounts = asked.backend.admin_account_ids
    found = {"AccountId": accounts[0], "RelationshipStatus": "ENABLED"} if accounts else None
    return {"Administrator": found} if found else {}


@answers("guardduty", "CreateIPSet")
def create_ip_set(asked: Asked) -> Params:
    """Store a list of trusted addresses."""
    id_ = uuid.uuid4().hex
    memory("ip-set", asked, f"{asked.params['DetectorId']} {id_}")["IpSetId"] = id_
    return {"IpSetId": id_}


@answers("guardduty", "ListIPSets")
def list_ip_sets(asked: Asked) -> Params:
    """Return the identifiers of the detector's lists of trusted addresses."""
    detector = asked.params["DetectorId"]
    found = every("ip-set", asked)
    return {"IpSetIds": [one["IpSetId"] for name, one in found if name.startswith(detector)]}


@answers("guardduty", "DeleteIPSet")
def delete_ip_set(asked: Asked) -> Params:
    """Forget a list of trusted addresses."""
    memory("ip-set", asked, f"{asked.params['DetectorId']} {asked.params['IpSetId']}").clear()
    return {}


def install() -> None:
    """Route the paths that moto does not have."""
    for part in ("ipset", "publishingDestination"):
        path = f"{{0}}/detector/(?P<detector>[^/]+)/{part}"
        routes.add_path("guardduty", f"{path}/?$")
        routes.add_path("guardduty", f"{path}/(?P<id>[^/]+)$")
