"""Tests of the security groups' checks: the rules equal the declared connections, in both directions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo


def _group(live: Live, name: str) -> str:
    groups = live.client("ec2").describe_security_groups(
        Filters=[{"Name": "group-name", "Values": [f"aiponge-{name}"]}]
    )
    (found,) = groups["SecurityGroups"]
    return found["GroupId"]


def _added(group: str, port: int, *, egress: bool = False, **peer: object) -> Make:
    def make(live: Live) -> Undo:
        ec2, id_ = live.client("ec2"), _group(live, group)
        rule = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}]
        verbs = ("authorize", "revoke")
        add, remove = (
            getattr(ec2, f"{verb}_security_group_{'egress' if egress else 'ingress'}") for verb in verbs
        )
        add(GroupId=id_, IpPermissions=rule)
        return lambda: remove(GroupId=id_, IpPermissions=rule)

    return make


def _removed(group: str, *, egress: bool) -> Make:
    def make(live: Live) -> Undo:
        ec2, id_ = live.client("ec2"), _group(live, group)
        listed = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [id_]}])
        rule = next(
            one
            for one in listed["SecurityGroupRules"]
            if one["IsEgress"] is egress and one.get("ReferencedGroupInfo")
        )
        ports = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort")}
        pairs = {**ports, "UserIdGroupPairs": [{"GroupId": rule["ReferencedGroupInfo"]["GroupId"]}]}
        way = "egress" if egress else "ingress"
        getattr(ec2, f"revoke_security_group_{way}")(
            GroupId=id_, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
        )
        return lambda: getattr(ec2, f"authorize_security_group_{way}")(GroupId=id_, IpPermissions=[pairs])

    return make


def _swapped_peer(live: Live) -> Undo:
    """A rule with the right port for another service."""
    remove = _removed("rds", egress=False)(live)
    add = _added("rds", 5432, UserIdGroupPairs=[{"GroupId": _group(live, "api-gateway")}])(live)
    return lambda: (add(), remove())


def undeclared_group(live: Live) -> Undo:
    ec2 = live.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["aiponge-vpc"]}])["Vpcs"][0]["VpcId"]
    made = ec2.create_security_group(GroupName="by-hand", Description="by hand", VpcId=vpc)["GroupId"]
    return lambda: ec2.delete_security_group(GroupId=made)


ANYWHERE: dict[str, Any] = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ANYWHERE_V6: dict[str, Any] = {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}

SLIPS = [
    pytest.param(
        _added("rds", 5432, **ANYWHERE),
        "sg aiponge-rds: has 1 undeclared ingress rule (sgr-",
        marks=[pytest.mark.accepts("A20", "A28"), pytest.mark.failure(39)],
        id="world_to_database",
    ),
    pytest.param(
        _added("rds", 5432, **ANYWHERE_V6),
        "sg aiponge-rds: has 1 undeclared ingress rule (sgr-",
        marks=pytest.mark.accepts("A20", "A28"),
        id="ipv6_world_to_database",
    ),
    pytest.param(
        _added("rds", 443, egress=True, **ANYWHERE),
        "sg aiponge-rds: has 1 undeclared egress rule (sgr-",
        marks=pytest.mark.accepts("A29"),
        id="way_out_of_database",
    ),
    pytest.param(
        _added("redis", 443, egress=True, **ANYWHERE),
        "sg aiponge-redis: has 1 undeclared egress rule (sgr-",
        marks=pytest.mark.accepts("A30"),
        id="way_out_of_cache",
    ),
    pytest.param(
        _added("api-gateway", 8080, **ANYWHERE),
        "sg aiponge-api-gateway: has 1 undeclared ingress rule (sgr-",
        marks=pytest.mark.accepts("A24"),
        id="second_door_to_gateway",
    ),
    pytest.param(
        _added("music", 25, egress=True, **ANYWHERE),
        "sg aiponge-music: has 1 undeclared egress rule (sgr-",
        marks=pytest.mark.accepts("A27"),
        id="mail_from_a_service",
    ),
    pytest.param(
        _removed("user", egress=False),
        "sg aiponge-user: lacks the ingress rule tcp 3003 from api-gateway",
        marks=pytest.mark.accepts("A26"),
        id="gateway_shut_out",
    ),
    pytest.param(
        _removed("rotate", egress=True),
        "sg aiponge-rotate: lacks the egress rule tcp",
        marks=pytest.mark.accepts("A25"),
        id="rotation_shut_in",
    ),
    pytest.param(
        undeclared_group,
        "sg by-hand: is undeclared (sg-",
        marks=pytest.mark.accepts("A20"),
        id="group_by_hand",
    ),
]


@pytest.mark.parametrize(("slip", "text"), SLIPS)
def test_each_slip_of_a_group_is_found_with_its_rule(live: Live, slip: Make, text: str) -> None:
    (finding,) = live.findings_of(slip)
    assert str(finding).startswith(text)


@pytest.mark.accepts("A20", "A28")
def test_a_rule_for_another_peer_is_both_missing_and_undeclared(live: Live) -> None:
    texts = [f"{one.subject}: {one.problem}" for one in live.findings_of(_swapped_peer)]
    assert len(texts) == 2
    assert all(text.startswith("sg aiponge-rds: ") for text in texts)
    assert "tcp 5432 from api-gateway" in texts[0]
    assert "lacks the ingress rule tcp 5432 from" in texts[1]


@pytest.mark.accepts("A26")
def test_a_wider_port_range_is_not_the_declared_rule(live: Live) -> None:
    def widen(live: Live) -> Undo:
        ec2, here, gateway = live.client("ec2"), _group(live, "system"), _group(live, "api-gateway")
        pair = [{"GroupId": gateway}]
        wide = [{"IpProtocol": "tcp", "FromPort": 3000, "ToPort": 3100, "UserIdGroupPairs": pair}]
        ec2.authorize_security_group_ingress(GroupId=here, IpPermissions=wide)
        return lambda: ec2.revoke_security_group_ingress(GroupId=here, IpPermissions=wide)

    (finding,) = live.findings_of(widen)
    assert "tcp 3000-3100 from api-gateway" in finding.problem
