"""A VPC with public, private (NAT) and isolated (no default route) subnets in two to four zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.kms import Keys
from components.network.flow_log import log_flows
from components.network.placement import Placement
from components.options import child_of, unprotected_child
from settings.names import Names
from settings.schema.network import NetworkSettings, Tier

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Settings of the VPC, and the key of its flow log."""

    settings: NetworkSettings
    names: Names
    zones: Sequence[str]
    """Names of the availability zones, as many as ``settings.azs``."""
    keys: Keys


class Network(pulumi.ComponentResource):
    """A VPC whose default security group has no rules and whose flows are logged."""

    vpc_id: pulumi.Output[str]
    public: Placement
    """For load balancers and NAT gateways only."""
    private: Placement
    """For tasks, hosts and functions; they reach the Internet through NAT."""
    isolated: Placement
    """For data stores; its route table has no default route."""
    ready: Sequence[pulumi.Resource]
    """The routes from the private tier to the Internet: what a task that needs it depends on."""
    private_route_table_ids: Sequence[pulumi.Output[str]]
    nat_gateway_ids: Mapping[str, pulumi.Output[str]]
    """NAT gateway ids by the letter of the zone."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Network", name, None, opts)
        self._args, self._part = args, child_of(self)

        self._vpc = ec2.Vpc(
            f"{name}-vpc",
            cidr_block=str(args.settings.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": args.names.part("vpc")},
            opts=self._part,
        )
        self.vpc_id = self._vpc.id
        ec2.DefaultSecurityGroup(
            f"{name}-default-group", vpc_id=self.vpc_id, ingress=[], egress=[], opts=self._part
        )
        # Monitor mode reports traffic that is not encrypted in transit; enforcing needs Nitro instances.
        ec2.VpcEncryptionControl(f"{name}-encryption", vpc_id=self.vpc_id, mode="monitor", opts=self._part)
        subnets: dict[Tier, dict[str, ec2.Subnet]] = {
            "public": self._subnets("public"),
            "private": self._subnets("private"),
            "isolated": self._subnets("isolated"),
        }
        gateway = ec2.InternetGateway(f"{name}-gateway", vpc_id=self.vpc_id, opts=self._part)
        public_table = self._table("public", list(subnets["public"].items()))
        ec2.Route(
            f"{name}-public-default",
            route_table_id=public_table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=unprotected_child(self),
        )
        nats = self._nat_gateways(subnets["public"], gateway)
        tables = {
            zone: self._table(f"private-{zone[-1]}", [(zone, subnet)])
            for zone, subnet in subnets["private"].items()
        }
        self.ready = self._routes_through_nat(tables, nats)
        self._table("isolated", list(subnets["isolated"].items()))
        self._intra_vpc_acl(list(subnets["isolated"].values()))
        log_flows(
            self,
            name=name,
            vpc_id=self.vpc_id,
            names=args.names,
            retention_days=args.settings.flow_log_days,
            key_arn=args.keys.arns["logs"],
        )

        self.public, self.private, self.isolated = (
            Placement(self.vpc_id, [subnet.id for subnet in subnets[tier].values()])
            for tier in ("public", "private", "isolated")
        )
        self.private_route_table_ids = [table.id for table in tables.values()]
        self.nat_gateway_ids = {zone[-1]: nat.id for zone, nat in nats.items()}
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "privateRouteTableIds": self.private_route_table_ids,
                "natGatewayIds": self.nat_gateway_ids,
            }
        )

    def _subnets(self, tier: Tier) -> dict[str, ec2.Subnet]:
        return {
            zone: ec2.Subnet(
                f"{self.pulumi_resource_name}-{tier}-{zone[-1]}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=self._args.settings.subnet_cidr(tier, zone),
                map_public_ip_on_launch=False,
                tags={"Name": self._args.names.part(f"{tier}-{zone[-1]}"), "Tier": tier},
                opts=self._part,
            )
            for zone in self._args.zones
        }

    def _table(self, label: str, subnets: Sequence[tuple[str, ec2.Subnet]]) -> ec2.RouteTable:
        tags = {"Name": self._args.names.part(label), "Tier": label.split("-")[0]}
        table = ec2.RouteTable(
            f"{self.pulumi_resource_name}-{label}", vpc_id=self.vpc_id, tags=tags, opts=self._part
        )
        for zone, subnet in subnets:
            suffix = label if label.endswith(f"-{zone[-1]}") else f"{label}-{zone[-1]}"
            ec2.RouteTableAssociation(
                f"{self.pulumi_resource_name}-{suffix}",
                subnet_id=subnet.id,
                route_table_id=table.id,
                opts=self._part,
            )
        return table

    def _nat_gateways(
        self, public: dict[str, ec2.Subnet], gateway: ec2.InternetGateway
    ) -> dict[str, ec2.NatGateway]:
        mode = self._args.settings.nat
        zones = {"per_az": list(public), "single": list(public)[:1], "none": []}[mode]
        nats: dict[str, ec2.NatGateway] = {}
        for zone in zones:
            label = f"{self.pulumi_resource_name}-nat-{zone[-1]}"
            # EC2 refuses an Elastic IP and a NAT gateway before the VPC has its Internet gateway.
            part = child_of(self, [gateway])
            address = ec2.Eip(label, domain="vpc", opts=part)
            nats[zone] = ec2.NatGateway(
                label,
                allocation_id=address.allocation_id,
                subnet_id=public[zone].id,
                tags={"Name": self._args.names.part(f"nat-{zone[-1]}")},
                opts=part,
            )
        return nats

    def _routes_through_nat(
        self, tables: Mapping[str, ec2.RouteTable], nats: Mapping[str, ec2.NatGateway]
    ) -> list[ec2.Route]:
        """Route each zone through its own NAT gateway or the shared one; without NAT there is no route."""
        shared = next(iter(nats.values()), None)
        through = {zone: nats.get(zone) or shared for zone in tables}
        return [
            ec2.Route(
                f"{self.pulumi_resource_name}-private-{zone[-1]}-default",
                route_table_id=tables[zone].id,
                destination_cidr_block=ANYWHERE,
                nat_gateway_id=nat.id,
                opts=unprotected_child(self),
            )
            for zone, nat in through.items()
            if nat is not None
        ]

    def _intra_vpc_acl(self, isolated: Sequence[ec2.Subnet]) -> None:
        """Limit the isolated tier to traffic inside the VPC, whatever security groups and routes allow."""
        everything = {
            "rule_no": 100,
            "action": "allow",
            "protocol": "-1",
            "from_port": 0,
            "to_port": 0,
            "cidr_block": str(self._args.settings.cidr),
        }
        ec2.NetworkAcl(
            f"{self.pulumi_resource_name}-isolated",
            vpc_id=self.vpc_id,
            subnet_ids=[subnet.id for subnet in isolated],
            ingress=[ec2.NetworkAclIngressArgs(**everything)],
            egress=[ec2.NetworkAclEgressArgs(**everything)],
            tags={"Name": self._args.names.part("isolated"), "Tier": "isolated"},
            opts=self._part,
        )
