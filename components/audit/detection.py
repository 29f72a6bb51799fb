"""Creates the GuardDuty detector, the IAM Access Analyzer analyzers and Amazon Inspector."""

from __future__ import annotations

from typing import get_args

import pulumi
from pulumi_aws import accessanalyzer, guardduty, inspector2

from components.options import child_of
from settings.names import Names
from settings.schema.audit import AuditSettings, Feature

AGENTS = ("EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT")
"""The agents that GuardDuty installs by itself for runtime monitoring."""
_OTHER_AGENTS = ("EKS_ADDON_MANAGEMENT",)
"""GuardDuty returns every agent it knows: one that is not declared would be a difference in each preview."""
_FEATURES = (*get_args(Feature), "EKS_AUDIT_LOGS")
_RUNTIME = "RUNTIME_MONITORING"


def create_guardduty(owner: pulumi.ComponentResource, settings: AuditSettings) -> None:
    """Give ``owner`` the region's GuardDuty detector with the declared features, and all others disabled.

    AWS enables every feature of a new detector: one that is not declared would be charged.
    """
    name = owner.pulumi_resource_name
    detector = guardduty.Detector(
        f"{name}-detector", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", opts=child_of(owner)
    )
    for feature in _FEATURES:
        enabled = feature in settings.guard_duty
        guardduty.DetectorFeature(
            f"{name}-{feature.lower().replace('_', '-')}",
            detector_id=detector.id,
            name=feature,
            status=_status(enabled),
            additional_configurations=_agents(enabled) if feature == _RUNTIME else None,
            opts=child_of(owner),
        )


def _agents(enabled: bool) -> list[guardduty.DetectorFeatureAdditionalConfigurationArgs]:
    return [
        guardduty.DetectorFeatureAdditionalConfigurationArgs(
            name=agent, status=_status(enabled and agent in AGENTS)
        )
        for agent in (*_OTHER_AGENTS, *AGENTS)
    ]


def _status(enabled: bool) -> str:
    return "ENABLED" if enabled else "DISABLED"


def create_access_analyzers(owner: pulumi.ComponentResource, names: Names, settings: AuditSettings) -> None:
    """Give ``owner`` the analyzers of external access and of unused access."""
    name = owner.pulumi_resource_name
    accessanalyzer.Analyzer(
        f"{name}-external", analyzer_name=names.part("external"), type="ACCOUNT", opts=child_of(owner)
    )
    accessanalyzer.Analyzer(
        f"{name}-unused",
        analyzer_name=names.part("unused"),
        type="ACCOUNT_UNUSED_ACCESS",
        configuration=accessanalyzer.AnalyzerConfigurationArgs(
            unused_access=accessanalyzer.AnalyzerConfigurationUnusedAccessArgs(
                unused_access_age=settings.unused_access_days
            )
        ),
        opts=child_of(owner),
    )


def enable_inspector(owner: pulumi.ComponentResource, names: Names, settings: AuditSettings) -> None:
    """Enable Amazon Inspector for the declared resource types; create nothing where none is declared."""
    if settings.inspector:
        inspector2.Enabler(
            f"{owner.pulumi_resource_name}-inspector",
            account_ids=[names.account_id],
            resource_types=list(settings.inspector),
            opts=child_of(owner),
        )
