"""Network: routes, access lists, endpoints."""

from rules.aws.network.routes import SUBNET_GROUPS
from rules.aws.network.vpc import DEFAULTS
from rules.aws.network.vpc_endpoints import WANTED_ENDPOINTS
from rules.lib.resource_types import (
    DEFAULT_SECURITY_GROUP,
    EIP,
    FLOW_LOG,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    NETWORK_ACL,
    NETWORK_ACL_RULE,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    VPC,
    VPC_ENDPOINT,
    VPC_ENDPOINT_SERVICE,
)

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.iam import document
from tests.policies.judge import Entry
from tests.policies.ours import ours

ACCOUNT_ONLY = document(
    {
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
    }
)
EVERYTHING = document({"Principal": "*", "Action": "*", "Resource": "*"})
COMPLIANT = {
    ROUTE: {"destinationCidrBlock": "10.1.0.0/16", "vpcPeeringConnectionId": "pcx-1"},
    VPC_ENDPOINT_SERVICE: {"acceptanceRequired": True},
    NETWORK_ACL_RULE: {
        "ruleAction": "allow",
        "egress": False,
        "protocol": "tcp",
        "fromPort": 22,
        "toPort": 22,
        "cidrBlock": "10.0.0.0/16",
    },
}
_TAGS = ours(SUBNET)["tags"]
_WORLD = {
    "ruleNo": 90,
    "action": "allow",
    "protocol": "-1",
    "fromPort": 0,
    "toPort": 0,
    "ipv6CidrBlock": "::/0",
}
_EVERY = "nacl-no-public-20 nacl-no-public-21 nacl-no-public-22 nacl-no-public-3389 nacl-no-all-ports"
SLIPS = [
    slip("subnet-no-auto-public-ip", SUBNET, mapPublicIpOnLaunch=True),
    fine(SUBNET, mapPublicIpOnLaunch=True, tags={**_TAGS, "Tier": "public"}),
    slip("vpc-no-default", DEFAULTS[0]),
    slip("vpc-no-default", DEFAULTS[1], availabilityZone="a"),
    slip("route-peering-scoped", ROUTE, destinationCidrBlock="0.0.0.0/0"),
    slip("route-peering-scoped", ROUTE, destinationCidrBlock=None, destinationIpv6CidrBlock="::/0"),
    slip("vpce-service-manual", VPC_ENDPOINT_SERVICE, acceptanceRequired=False),
    slip("vpce-policy-scoped", VPC_ENDPOINT, policy=None),
    slip("vpce-policy-scoped", VPC_ENDPOINT, policy=EVERYTHING),
    slip("vpce-multi-az", VPC_ENDPOINT, subnetIds=["a"]),
    fine(VPC_ENDPOINT, vpcEndpointType="Gateway", subnetIds=None),
    *(
        slip(f"nacl-no-public-{port}", NETWORK_ACL_RULE, fromPort=port, toPort=port, cidrBlock="0.0.0.0/0")
        for port in (20, 21, 22, 3389)
    ),
    slip("nacl-no-public-22", NETWORK_ACL_RULE, ipv6CidrBlock="::/0"),
    fine(NETWORK_ACL_RULE, cidrBlock="0.0.0.0/0", egress=True),
    fine(NETWORK_ACL_RULE, cidrBlock="0.0.0.0/0", ruleAction="deny"),
    fine(NETWORK_ACL_RULE, cidrBlock="0.0.0.0/0", fromPort=443, toPort=443),
    slip(_EVERY, NETWORK_ACL, ingress=[_WORLD]),
    fine(NETWORK_ACL, ingress=[{**_WORLD, "action": "deny"}]),
]


def _subnet(tier: str, zone: str) -> Entry:
    return Entry(SUBNET, {"tags": {**_TAGS, "Tier": tier}, "availabilityZone": zone})


def _association(subnet: str, table: str) -> Entry:
    return Entry(ROUTE_TABLE_ASSOCIATION, {}, {"subnetId": (subnet,), "routeTableId": (table,)})


def _route(table: str, **made_from: str) -> Entry:
    ((key, target),) = made_from.items()
    return Entry(
        ROUTE,
        {"destinationCidrBlock": "0.0.0.0/0", key: f"{target}-id"},
        {"routeTableId": (table,), key: (target,)},
    )


_GROUP = Entry(DEFAULT_SECURITY_GROUP, {"ingress": [], "egress": []}, {"vpcId": ("vpc",)})
_LOG = Entry(FLOW_LOG, {"trafficType": "ALL"}, {"vpcId": ("vpc",), "logDestination": ("flow-logs",)})
STACKS = {
    "network": {
        "vpc": Entry(VPC, {"cidrBlock": "10.0.0.0/16"}),
        "default": _GROUP,
        "flows": _LOG,
        "flow-logs": Entry("aws:cloudwatch/logGroup:LogGroup", {"name": "/flows"}),
        "gateway": Entry(INTERNET_GATEWAY, {}),
        "eip": Entry(EIP, {"domain": "vpc"}),
        "nat": Entry(NAT_GATEWAY, {}, {"allocationId": ("eip",)}),
        "nat-alarm": Entry(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {},
            {"dimensions": ("nat",), "alarmActions": ("flow-logs",)},
        ),
        **{
            f"{tier}-{zone}": _subnet(tier, zone)
            for tier in ("public", "private", "isolated")
            for zone in ("a", "b")
        },
        "public": Entry(ROUTE_TABLE, {}),
        "public-default": _route("public", gatewayId="gateway"),
        "private": Entry(ROUTE_TABLE, {}),
        "private-default": _route("private", natGatewayId="nat"),
        "isolated": Entry(ROUTE_TABLE, {}),
        **{f"in-{tier}": _association(f"{tier}-a", tier) for tier in ("public", "private", "isolated")},
        "data": Entry(SUBNET_GROUPS[0], {}, {"subnetIds": ("isolated-a", "isolated-b")}),
        **{
            f"endpoint-{number}": Entry(
                VPC_ENDPOINT, {"serviceName": f"com.amazonaws.eu-west-1.{service}"}, {"vpcId": ("vpc",)}
            )
            for number, service in enumerate(WANTED_ENDPOINTS)
        },
        "acl": Entry(NETWORK_ACL, {"subnetIds": ["a"]}),
    }
}
STACK_SLIPS = [
    stack_slip("vpc-flow-logs", "network", {"flows": None}),
    stack_slip("vpc-flow-logs", "network", {"flows": _LOG.but(trafficType="ACCEPT")}),
    stack_slip("", "network", {"flows": _LOG.but(trafficType="REJECT")}),
    stack_slip("vpc-default-sg-closed", "network", {"default": None}),
    stack_slip(
        "vpc-default-sg-closed own-no-ssh",
        "network",
        {"default": _GROUP.but(ingress=[{"protocol": "-1", "self": True}])},
    ),
    stack_slip(
        "route-private-via-nat own-route-closed",
        "network",
        {"private-default": _route("private", gatewayId="gateway")},
    ),
    stack_slip("own-route-closed", "network", {"isolated-default": _route("isolated", natGatewayId="nat")}),
    stack_slip(
        "own-route-closed own-db-private",
        "network",
        {"isolated-default": _route("isolated", gatewayId="gateway")},
    ),
    stack_slip(
        "own-db-private", "network", {"data": Entry(SUBNET_GROUPS[1], {}, {"subnetIds": ("public-a",)})}
    ),
    stack_slip("vpc-two-azs", "network", {"public-b": None}),
    stack_slip("eip-attached", "network", {"spare": Entry(EIP, {})}),
    stack_slip("nacl-attached", "network", {"acl": Entry(NETWORK_ACL, {})}),
    stack_slip("vpce-present", "network", {"endpoint-0": None}),
]
