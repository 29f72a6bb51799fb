"""The models of a report; ``docs/report.schema.json`` is their JSON Schema."""

from __future__ import annotations

from report.schema.alarms import Alarm, Subscriber, Topic
from report.schema.architecture import Architecture, Connection, OpenPort, Part, Resource, Subnet, Tier
from report.schema.cost import Cost, CostLine, PartCost
from report.schema.posture import ChecklistItem, Exemption, Finding, Reader, Rule, Secret, Severity
from report.schema.report import VERSION, Comparison, Difference, Report

__all__ = [
    "VERSION",
    "Alarm",
    "Architecture",
    "ChecklistItem",
    "Comparison",
    "Connection",
    "Cost",
    "CostLine",
    "Difference",
    "Exemption",
    "Finding",
    "OpenPort",
    "Part",
    "PartCost",
    "Reader",
    "Report",
    "Resource",
    "Rule",
    "Secret",
    "Severity",
    "Subnet",
    "Subscriber",
    "Tier",
    "Topic",
]
