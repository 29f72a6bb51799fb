"""WAF: the resources that a web ACL protects, which moto stores and does not list."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, answers

LOAD_BALANCERS = "APPLICATION_LOAD_BALANCER"
"""The type of resource that AWS lists where the request names none."""


@answers("wafv2", "ListResourcesForWebACL")
def list_resources(asked: Asked) -> Params:
    """List the load balancers of a web ACL."""
    acl = asked.backend.wacls.get(asked.params["WebACLArn"])
    wanted = asked.params.get("ResourceType") or LOAD_BALANCERS
    return {"ResourceArns": [*acl.associated_resources] if acl and wanted == LOAD_BALANCERS else []}
