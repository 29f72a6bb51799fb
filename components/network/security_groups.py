"""One security group rule per declared connection; rules that are not declared are removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from components.options import child_of, unprotected_child
from settings.connections import Cidr, Connection, Endpoint, SecurityGroup, security_groups_of
from settings.names import Names


@dataclass(frozen=True, kw_only=True)
class ConnectionsArgs:
    """The declared connections, and the VPC they are in."""

    names: Names
    vpc_id: pulumi.Input[str]
    connections: Sequence[Connection]
    prefix_list_ids: Mapping[str, pulumi.Input[str]]
    """Managed prefix list ids by the name that connections use for them (``s3``)."""


class Connections(pulumi.ComponentResource):
    """One security group per participant; one rule per connection and direction, with exact ports."""

    group_ids: dict[str, pulumi.Output[str]]
    """Security group ids by participant (``rds``, ``alb``, a service's name)."""

    def __init__(self, name: str, args: ConnectionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Connections", name, None, opts)
        self._args = args
        groups = {
            group: ec2.SecurityGroup(
                f"{name}-{group}",
                name=args.names.part(group),
                description=f"Connections of {group}",
                vpc_id=args.vpc_id,
                tags={"Name": args.names.part(group)},
                opts=child_of(self),
            )
            for group in security_groups_of(args.connections)
        }
        self.group_ids = {group: resource.id for group, resource in groups.items()}
        rules: dict[str, tuple[list[pulumi.Output[str]], list[pulumi.Output[str]]]] = {
            group: ([], []) for group in groups
        }
        for connection in args.connections:
            if isinstance(connection.target, SecurityGroup):
                rules[connection.target.name][0].append(self._ingress(connection, connection.target))
            if isinstance(connection.source, SecurityGroup):
                rules[connection.source.name][1].append(self._egress(connection, connection.source))
        for group, (ingress, egress) in rules.items():
            ec2.VpcSecurityGroupRulesExclusive(
                f"{name}-{group}",
                security_group_id=groups[group].id,
                ingress_rule_ids=ingress,
                egress_rule_ids=egress,
                opts=unprotected_child(self),
            )
        self.register_outputs({"groupIds": self.group_ids})

    def _ingress(self, connection: Connection, here: SecurityGroup) -> pulumi.Output[str]:
        rule = vpc.SecurityGroupIngressRule(
            f"{self.pulumi_resource_name}-{here.name}-{connection.port}-from-{connection.source.name}",
            security_group_id=self.group_ids[here.name],
            description=connection.description,
            ip_protocol="tcp",
            from_port=connection.port,
            to_port=connection.port,
            referenced_security_group_id=self._group_id(connection.source),
            cidr_ipv4=connection.source.block if isinstance(connection.source, Cidr) else None,
            prefix_list_id=self._prefix_list_id(connection.source),
            opts=unprotected_child(self),
        )
        return rule.security_group_rule_id

    def _egress(self, connection: Connection, here: SecurityGroup) -> pulumi.Output[str]:
        rule = vpc.SecurityGroupEgressRule(
            f"{self.pulumi_resource_name}-{here.name}-to-{connection.target.name}-{connection.port}",
            security_group_id=self.group_ids[here.name],
            description=connection.description,
            ip_protocol="tcp",
            from_port=connection.port,
            to_port=connection.port,
            referenced_security_group_id=self._group_id(connection.target),
            cidr_ipv4=connection.target.block if isinstance(connection.target, Cidr) else None,
            prefix_list_id=self._prefix_list_id(connection.target),
            opts=unprotected_child(self),
        )
        return rule.security_group_rule_id

    def _group_id(self, end: Endpoint) -> pulumi.Output[str] | None:
        return self.group_ids[end.name] if isinstance(end, SecurityGroup) else None

    def _prefix_list_id(self, end: Endpoint) -> pulumi.Input[str] | None:
        return None if isinstance(end, SecurityGroup | Cidr) else self._args.prefix_list_ids[end.name]
