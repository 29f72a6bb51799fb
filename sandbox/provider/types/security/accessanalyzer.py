"""IAM Access Analyzer: analyzers of external and unused access."""

from __future__ import annotations

from sandbox.provider.rows import row

row(
    "accessanalyzer/analyzer:Analyzer",
    "accessanalyzer.create_analyzer",
    id="{analyzerName}",
    read="get_analyzer(analyzerName={id}).analyzer",
    out="arn=arn:{p}:access-analyzer:{r}:{a}:analyzer/{id}",
    missing_operation="the service",
    delete="delete_analyzer(analyzerName={id})",
    replace="*",
)
