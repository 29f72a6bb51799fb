"""The public load balancer with its certificate, its target group and its web ACL."""

from components.edge.edge import Edge, EdgeArgs
from components.edge.target_group import Target

__all__ = ["Edge", "EdgeArgs", "Target"]
