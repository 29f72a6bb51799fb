"""Builds the load balancer of a stack alone, with stand-in subnets."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from components.edge import Edge, EdgeArgs, Target
from settings import read_stack_file
from tests.components.alone import build
from tests.components.stand_ins import PUBLIC, keys
from tests.harness import Deployment


@cache
def entered(stack: str = "prod", *, protocol: Literal["HTTP", "HTTPS"] = "HTTP", **fields: Any) -> Deployment:
    """The load balancer of a shipped stack with other ``fields`` of its settings; returns its outputs."""
    settings = read_stack_file(stack)

    def program() -> dict[str, Any]:
        assert settings.edge
        edge = Edge(
            "edge",
            EdgeArgs(
                names=settings.names,
                settings=settings.edge.model_copy(update=fields),
                target=Target(
                    service="api-gateway",
                    port=443,
                    protocol=protocol,
                    kind="ip",
                    health_path="/health/startup",
                ),
                placement=PUBLIC,
                security_group_id="sg-alb",
                keys=keys(),
            ),
        )
        return {"url": edge.url, "web_acl": edge.metrics.web_acl, "ready": [one.urn for one in edge.ready]}

    return build(program)
