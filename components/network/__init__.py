"""The VPC with its three tiers, the security groups, and the VPC endpoints."""

from components.network.network import Network, NetworkArgs
from components.network.placement import Placement
from components.network.security_groups import Connections, ConnectionsArgs
from components.network.vpc_endpoints import Endpoints, EndpointsArgs

__all__ = [
    "Connections",
    "ConnectionsArgs",
    "Endpoints",
    "EndpointsArgs",
    "Network",
    "NetworkArgs",
    "Placement",
]
