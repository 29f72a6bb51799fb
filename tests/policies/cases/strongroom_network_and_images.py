"""Strongroom's rules about network paths, images and resilience."""

from rules.lib.resource_types import (
    EC2_INSTANCE,
    ECS_SERVICE,
    INGRESS_RULE,
    INTERNET_GATEWAY,
    KEY_PAIR,
    LOAD_BALANCER,
    NAT_GATEWAY,
    RDS_INSTANCE,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SCALING_TARGET,
    SECURITY_GROUP,
    SUBNET,
    TASK_DEFINITION,
)
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.ecs_lambda_elasticache import SERVICE_INPUTS, containers
from tests.policies.judge import Entry

CEILING = Configuration(instance_classes=("db.m7g.large",), storage_gib=100, nat_gateways=1)
_SIZED = {"instanceClass": "db.m7g.large", "allocatedStorage": 100}
_REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user"
SLIPS = [
    slip("own-image-pinned", TASK_DEFINITION, containerDefinitions=containers(image=f"{_REGISTRY}:latest")),
    slip("own-image-pinned", TASK_DEFINITION, containerDefinitions=containers(image="nginx:1.27")),
    slip("own-image-pinned", TASK_DEFINITION, containerDefinitions=containers(image=_REGISTRY)),
    fine(TASK_DEFINITION, containerDefinitions=containers(image=f"{_REGISTRY}:v1")),
]


def _edge(source: str, target: str, port: int) -> Entry:
    return Entry(
        INGRESS_RULE,
        {"ipProtocol": "tcp", "fromPort": port, "toPort": port},
        {"securityGroupId": (target,), "referencedSecurityGroupId": (source,)},
    )


def _from(cidr: str, target: str, port: int) -> Entry:
    props = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "cidrIpv4": cidr}
    return Entry(INGRESS_RULE, props, {"securityGroupId": (target,)})


def _sized(**change: object) -> Entry:
    return Entry(RDS_INSTANCE, {**_SIZED, **change}, {"vpcSecurityGroupIds": ("rds",)})


def _service(group: str, **more: object) -> Entry:
    return Entry(ECS_SERVICE, {**SERVICE_INPUTS, **more}, {"networkConfiguration": (group,)})


_USER = _service("user")
_MACHINE = Entry(EC2_INSTANCE, {}, {"vpcSecurityGroupIds": ("user",), "subnetId": ("street",)})
_SCALING = Entry(SCALING_TARGET, {"minCapacity": 2}, {"resourceId": ("user-service",)})
STACKS = {
    "tiers": {
        **{
            name: Entry(SECURITY_GROUP, {"name": f"aiponge-{name}"})
            for name in ("front-alb", "gateway", "user", "music", "rds")
        },
        "balancer": Entry(LOAD_BALANCER, {"internal": True}, {"securityGroups": ("front-alb",)}),
        "db": Entry(RDS_INSTANCE, {}, {"vpcSecurityGroupIds": ("rds",)}),
        "gateway-service": _service("gateway", loadBalancers=[{"targetGroupArn": "arn:tg"}]),
        "user-service": _USER,
        "user-scaling": _SCALING,
        "music-service": _service("music"),
        "world-alb": _from("0.0.0.0/0", "front-alb", 443),
        "alb-gateway": _edge("front-alb", "gateway", 443),
        "gateway-user": _edge("gateway", "user", 3003),
        "gateway-music": _edge("gateway", "music", 3007),
        "user-rds": _edge("user", "rds", 5432),
    }
}
_STREET = {
    "street": Entry(SUBNET, {"availabilityZone": "a"}),
    "street-2": Entry(SUBNET, {"availabilityZone": "b"}),
    "association": Entry(ROUTE_TABLE_ASSOCIATION, {}, {"subnetId": ("street",), "routeTableId": ("table",)}),
    "table": Entry(ROUTE_TABLE, {}),
    "way": Entry(
        ROUTE,
        {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw"},
        {"routeTableId": ("table",), "gatewayId": ("igw",)},
    ),
    "igw": Entry(INTERNET_GATEWAY, {}),
}
STACK_SLIPS = [
    stack_slip("own-sg-reach-db", "tiers", {"alb-rds": _edge("front-alb", "rds", 5432)}),
    stack_slip("own-sg-reach-db", "tiers", {"vpc-rds": _from("10.0.0.0/16", "rds", 5432)}),
    stack_slip(
        "own-sg-reach-db sg-only-authorized-public", "tiers", {"world-rds": _from("0.0.0.0/0", "rds", 5432)}
    ),
    stack_slip("own-sg-reach-db", "tiers", {"machine": _MACHINE, **_STREET}),
    stack_slip("", "tiers", {"machine": _MACHINE, **_STREET, "way": None}),
    stack_slip("", "tiers", {"db": _sized()}, CEILING),
    stack_slip(
        "own-size-ceiling",
        "tiers",
        {"db": _sized(instanceClass="db.m7g.16xlarge")},
        CEILING,
    ),
    stack_slip("own-size-ceiling", "tiers", {"db": _sized(allocatedStorage=101)}, CEILING),
    stack_slip(
        "own-size-ceiling",
        "tiers",
        {"db": _sized(), "nat": Entry(NAT_GATEWAY, {}), "nat-2": Entry(NAT_GATEWAY, {})},
        CEILING,
    ),
    stack_slip("own-no-ssh", "tiers", {"pair": Entry(KEY_PAIR, {})}),
    stack_slip("own-no-ssh", "tiers", {"machine": Entry(EC2_INSTANCE, {"keyName": "k"})}),
    stack_slip(
        "own-no-ssh service-ingress-gateway-only", "tiers", {"ssh": _from("203.0.113.0/24", "user", 22)}
    ),
    stack_slip("own-no-ssh", "tiers", {"ssh": _edge("gateway", "user", 22)}),
    stack_slip(
        "service-ingress-gateway-only",
        "tiers",
        {"ssh": _from("203.0.113.0/24", "user", 22)},
        Configuration(ssh_cidrs=("203.0.113.0/24",)),
    ),
    stack_slip("service-ingress-gateway-only", "tiers", {"music-user": _edge("music", "user", 3003)}),
    stack_slip(
        "", "tiers", {"music-user": _edge("music", "user", 3003)}, Configuration(calls=("music>user",))
    ),
    stack_slip("service-ingress-gateway-only", "tiers", {"alb-user": _edge("front-alb", "user", 3003)}),
    stack_slip("service-ingress-gateway-only", "tiers", {"user-gateway": _edge("user", "gateway", 443)}),
    stack_slip(
        "own-ecs-resilient",
        "tiers",
        {"user-service": _USER.but(deploymentCircuitBreaker={"enable": True, "rollback": False})},
    ),
    stack_slip("own-ecs-resilient", "tiers", {"user-service": _USER.but(deploymentMinimumHealthyPercent=50)}),
    stack_slip("own-ecs-resilient", "tiers", {"user-service": _USER.but(enableExecuteCommand=True)}),
    stack_slip("own-ecs-resilient", "tiers", {"user-scaling": _SCALING.but(minCapacity=1)}),
    stack_slip("", "tiers", {"user-scaling": None}),
    stack_slip("", "tiers", {"user-scaling": None, "user-service": _USER.but(desiredCount=0)}),
    stack_slip(
        "own-ecs-resilient", "tiers", {"user-scaling": None, "user-service": _USER.but(desiredCount=1)}
    ),
    stack_slip(
        "own-ecs-resilient", "tiers", {"user-service": _USER.but(networkConfiguration={"subnets": ["a"]})}
    ),
]
