"""Collects the report of a running stack from its stack file, its Pulumi state and AWS."""

from __future__ import annotations

from report.collect.collect import Policies, Source, collect
from report.collect.compare import compare
from report.collect.findings import PolicyRule, Violation

__all__ = ["Policies", "PolicyRule", "Source", "Violation", "collect", "compare"]
