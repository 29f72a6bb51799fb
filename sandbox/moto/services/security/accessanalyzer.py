"""IAM Access Analyzer: the whole service, which moto does not implement."""

from __future__ import annotations

from sandbox.moto import routes
from sandbox.moto.missing_operations import Kind, answer_from_memory

HOST = r"https?://access-analyzer\.(.+)\.amazonaws\.com"
answer_from_memory(
    Kind(
        "accessanalyzer",
        ("analyzerName",),
        create="CreateAnalyzer",
        reads="GetAnalyzer ListAnalyzers",
        delete="DeleteAnalyzer",
        also=(("analyzerName", "name"),),
        arn="arn:aws:access-analyzer:{region}:{account}:analyzer/{id}",
        fixed=(("status", "ACTIVE"),),
    ),
    Kind(
        "accessanalyzer",
        ("analyzerName", "ruleName"),
        create="CreateArchiveRule",
        reads="GetArchiveRule ListArchiveRules",
        delete="DeleteArchiveRule",
    ),
)


def install() -> None:
    """Add the service to moto and to its server."""
    routes.add_service("accessanalyzer", HOST, signing_name="access-analyzer")
