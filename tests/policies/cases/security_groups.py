"""Security groups."""

from rules.lib.resource_types import (
    EGRESS_RULE,
    INGRESS_RULE,
    LISTENER,
    LOAD_BALANCER,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import UNKNOWN, Entry
from tests.policies.ours import ours

INGRESS = ours(INGRESS_RULE)
OLD = {
    "type": "ingress",
    "securityGroupId": "sg-rds",
    "sourceSecurityGroupId": "sg-user",
    "protocol": "tcp",
    "fromPort": 5432,
    "toPort": 5432,
    "description": "user to rds on 5432",
}
COMPLIANT = {
    SECURITY_GROUP_RULE: OLD,
}


def _inline(**rule: object) -> dict[str, object]:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, "description": "somebody", **rule}


SLIPS = [
    *(
        slip("sg-no-public-ssh", INGRESS_RULE, **{family: cidr}, fromPort=22, toPort=22)
        for family, cidr in (
            ("cidrIpv4", "0.0.0.0/0"),
            ("cidrIpv4", "0.0.0.0/1"),
            ("cidrIpv4", "128.0.0.0/1"),
            ("cidrIpv6", "::/0"),
            ("cidrIpv6", "2000::/3"),
        )
    ),
    fine(INGRESS_RULE, cidrIpv4="10.0.0.0/8", fromPort=22, toPort=22),
    fine(INGRESS_RULE, cidrIpv4="203.0.113.7/32", fromPort=22, toPort=22),
    fine(INGRESS_RULE, cidrIpv6="fd00::/8", fromPort=22, toPort=22),
    fine(INGRESS_RULE, cidrIpv4="0.0.0.0/0", fromPort=443, toPort=443),
    fine(INGRESS_RULE, securityGroupId=UNKNOWN, referencedSecurityGroupId=UNKNOWN),
    slip("sg-no-public-ssh", SECURITY_GROUP_RULE, cidrBlocks=["0.0.0.0/0"], fromPort=22, toPort=22),
    slip("sg-no-public-ssh", SECURITY_GROUP_RULE, ipv6CidrBlocks=["::/0"], fromPort=22, toPort=22),
    fine(SECURITY_GROUP_RULE, type="egress", cidrBlocks=["10.0.0.0/8"], fromPort=22, toPort=22),
    slip(
        "sg-no-public-ssh",
        SECURITY_GROUP,
        ingress=[_inline(cidrBlocks=["0.0.0.0/0"], fromPort=22, toPort=22)],
    ),
    slip("sg-no-public-rdp", INGRESS_RULE, cidrIpv4="0.0.0.0/0", fromPort=3389, toPort=3389),
    slip(
        "sg-no-public-rdp sg-no-public-ssh sg-no-public-high-risk",
        INGRESS_RULE,
        cidrIpv4="0.0.0.0/0",
        fromPort=20,
        toPort=4000,
    ),
    slip(
        "sg-no-public-all-ports sg-no-public-ssh sg-no-public-rdp",
        INGRESS_RULE,
        cidrIpv4="0.0.0.0/0",
        ipProtocol="-1",
        fromPort=None,
        toPort=None,
    ),
    slip(
        "sg-no-public-all-ports sg-no-public-ssh sg-no-public-rdp",
        INGRESS_RULE,
        cidrIpv6="::/0",
        fromPort=0,
        toPort=65535,
    ),
    slip("sg-no-public-high-risk", INGRESS_RULE, cidrIpv4="0.0.0.0/0"),
    slip("sg-no-public-high-risk", INGRESS_RULE, cidrIpv4="0.0.0.0/0", fromPort=6379, toPort=6379),
    fine(INGRESS_RULE, cidrIpv4="0.0.0.0/0", ipProtocol="icmp", fromPort=8, toPort=0),
    slip("sg-egress-no-public-any-port", EGRESS_RULE, cidrIpv4="0.0.0.0/0", fromPort=443, toPort=443),
    slip(
        "sg-egress-no-public-any-port sg-egress-restricted",
        EGRESS_RULE,
        cidrIpv4="0.0.0.0/0",
        ipProtocol="-1",
    ),
    slip(
        "sg-egress-no-public-any-port sg-egress-restricted",
        SECURITY_GROUP,
        egress=[_inline(protocol="-1", cidrBlocks=["0.0.0.0/0"])],
    ),
    slip("sg-description", SECURITY_GROUP, description="Managed by Pulumi"),
    slip("sg-description", SECURITY_GROUP, description=None),
    slip("sg-description", INGRESS_RULE, description=None),
    slip("sg-description", SECURITY_GROUP, ingress=[_inline(securityGroups=["sg-1"], description=None)]),
]

_HTTP = Entry(
    INGRESS_RULE,
    {**INGRESS, "cidrIpv4": "0.0.0.0/0", "fromPort": 80, "toPort": 80},
    {"securityGroupId": ("front-alb",)},
)
_LISTENER = Entry(
    LISTENER, {"port": 80, "defaultActions": [{"type": "redirect"}]}, {"loadBalancerArn": ("balancer",)}
)
_GROUP = Entry(SECURITY_GROUP, {"name": "aiponge-alb"})
STACKS = {
    "front": {
        "front-alb": _GROUP,
        "balancer": Entry(LOAD_BALANCER, {}, {"securityGroups": ("front-alb",)}),
        "listener": _LISTENER,
        "http": _HTTP,
        "https": _HTTP.but(fromPort=443, toPort=443),
        "list": Entry(PREFIX_LIST, {"entries": [{"cidr": "203.0.113.0/24"}]}),
        "entry": Entry(PREFIX_LIST_ENTRY, {"cidr": "203.0.113.0/24"}),
    }
}
STACK_SLIPS = [
    stack_slip("sg-only-authorized-public", "front", {"https": _HTTP.but(fromPort=444, toPort=444)}),
    stack_slip("sg-only-authorized-public", "front", {"https": _HTTP.but(fromPort=443, toPort=444)}),
    stack_slip(
        "sg-only-authorized-public",
        "front",
        {
            "https": _HTTP.but(fromPort=443, toPort=443, needs={"securityGroupId": ("db",)}),
            "db": Entry(SECURITY_GROUP, {"name": "aiponge-rds"}),
            "host": Entry(
                "aws:ec2/instance:Instance",
                {"metadataOptions": {"httpTokens": "required"}, "iamInstanceProfile": "host"},
                {"vpcSecurityGroupIds": ("db",)},
            ),
        },
    ),
    stack_slip(
        "sg-only-authorized-public",
        "front",
        {"list": Entry(PREFIX_LIST, {"entries": [{"cidr": "0.0.0.0/0"}]})},
    ),
    stack_slip("sg-only-authorized-public", "front", {"entry": Entry(PREFIX_LIST_ENTRY, {"cidr": "::/0"})}),
    stack_slip(
        "sg-no-public-http", "front", {"listener": _LISTENER.but(defaultActions=[{"type": "forward"}])}
    ),
    stack_slip(
        "sg-no-rule-conflict", "front", {"front-alb": _GROUP.but(ingress=[_inline(securityGroups=["sg-1"])])}
    ),
    stack_slip("sg-attached sg-no-public-http", "front", {"balancer": None}),
    stack_slip("", "front", {"http": None, "listener": None}),
]
