"""VPC endpoints for AWS services, limited by policy to this account's principals and resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.iam import document
from components.network.network import Network
from components.network.security_groups import Connections
from components.options import child_of
from iam_documents import Statement, allow
from settings.connections import ENDPOINTS
from settings.names import Names
from settings.schema.network import NetworkSettings


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """Which endpoints are created, and where."""

    names: Names
    settings: NetworkSettings
    network: Network
    connections: Connections


class Endpoints(pulumi.ComponentResource):
    """The S3 gateway endpoint and the chosen interface endpoints, with endpoint policies."""

    ready: Sequence[pulumi.Resource]
    """The endpoints: what a task that pulls its image and secrets depends on."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Endpoints", name, None, opts)
        names, network, part = args.names, args.network, child_of(self)
        gateway = ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=network.vpc_id,
            service_name=f"com.amazonaws.{names.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(network.private_route_table_ids),
            policy=document(*_s3(names)),
            tags={"Name": names.part("s3")},
            opts=part,
        )
        interfaces = [
            ec2.VpcEndpoint(
                f"{name}-{service.replace('.', '-')}",
                vpc_id=network.vpc_id,
                service_name=f"com.amazonaws.{names.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(network.private.subnet_ids)[: args.settings.endpoint_azs],
                security_group_ids=[args.connections.group_ids[ENDPOINTS.name]],
                private_dns_enabled=True,
                policy=document(*(_secrets(names) if service == "secretsmanager" else _own(names, service))),
                tags={"Name": names.part(service.replace(".", "-"))},
                opts=part,
            )
            for service in args.settings.endpoints
        ]
        self.ready = [gateway, *interfaces]
        self.register_outputs({"endpointIds": [endpoint.id for endpoint in (gateway, *interfaces)]})


def _s3(names: Names) -> tuple[Statement, ...]:
    """Allow AWS's own buckets of image layers, agents and patches, and the buckets of this account."""
    aws_owned = (
        f"arn:aws:s3:::prod-{names.region}-starport-layer-bucket/*",
        f"arn:aws:s3:::aws-ssm-{names.region}/*",
        f"arn:aws:s3:::amazon-ssm-{names.region}/*",
        f"arn:aws:s3:::patch-baseline-snapshot-{names.region}/*",
        names.patch_modules_arn,
        f"arn:aws:s3:::inspector2-oval-prod-{names.region}/*",
        f"arn:aws:s3:::amazoncloudwatch-agent-{names.region}/*",
    )
    return (
        allow("s3:GetObject", aws_owned, principal="*"),
        # A bucket's ARN does not contain its account, hence the condition.
        allow("s3:*", "*", _ours(names), principal="*"),
    )


def _secrets(names: Names) -> tuple[Statement, ...]:
    base = f"arn:aws:secretsmanager:{names.region}:{names.account_id}:secret"
    rotator = {"ArnEquals": {"aws:PrincipalArn": names.role_arn(names.rotation_role)}}
    return (
        allow("secretsmanager:*", f"{base}:{names.prefix}/*", _ours(names), principal="*"),
        allow(
            "secretsmanager:GetSecretValue",
            f"{base}:rds!db-*",
            {**_ours(names), **rotator},
            principal="*",
        ),
    )


def _own(names: Names, service: str) -> tuple[Statement, ...]:
    own_account = {"StringEquals": {"aws:PrincipalAccount": names.account_id}}
    # ARNs differ from service to service; the condition limits all of them to this account.
    return (allow(f"{service.split('.')[0]}:*", "*", own_account, principal="*"),)


def _ours(names: Names) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {
            "aws:PrincipalAccount": names.account_id,
            "aws:ResourceAccount": names.account_id,
        }
    }
