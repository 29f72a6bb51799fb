"""The public load balancer: TLS 1.3, a web ACL, and access logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lb, route53

from components.edge.certificate import validated_certificate
from components.edge.load_balancer import load_balancer
from components.edge.target_group import Target, target_group
from components.edge.waf import Firewall, FirewallArgs
from components.kms import Keys
from components.monitoring import LoadBalancerMetrics
from components.network import Placement
from components.options import child_of
from settings.connections import HTTP, HTTPS
from settings.names import Names
from settings.schema.edge import EdgeSettings

# TLS 1.3, or 1.2 with forward-secret ciphers for old clients; hybrid post-quantum where both sides can.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
HSTS = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """What an :class:`Edge` is connected to."""

    names: Names
    settings: EdgeSettings
    target: Target
    """The target group that the load balancer forwards requests to."""
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys


class Edge(pulumi.ComponentResource):
    """A load balancer that redirects HTTP to HTTPS and forwards HTTPS to one target group."""

    url: pulumi.Output[str]
    """The public URL."""
    dns_name: pulumi.Output[str]
    """DNS name of the load balancer."""
    ready: Sequence[pulumi.Resource]
    """The HTTPS listener: what a service behind the target group depends on."""
    target_group_arn: pulumi.Output[str]
    metrics: LoadBalancerMetrics
    """Load balancer, target group, certificate and web ACL, from which their alarms are made."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Edge", name, None, opts)
        settings, self._args = args.settings, args
        balancer = load_balancer(
            self,
            name,
            names=args.names,
            settings=settings,
            placement=args.placement,
            security_group_id=args.security_group_id,
        )
        targets = target_group(self, name, vpc_id=args.placement.vpc_id, target=args.target)
        certificate_arn = self._certificate()
        listener = lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)],
            routing_http_response_server_enabled=False,
            routing_http_response_strict_transport_security_header_value=HSTS,
            routing_http_response_x_content_type_options_header_value="nosniff",
            routing_http_response_x_frame_options_header_value="DENY",
            opts=child_of(self),
        )
        lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[
                lb.ListenerDefaultActionArgs(
                    type="redirect",
                    redirect=lb.ListenerDefaultActionRedirectArgs(
                        protocol="HTTPS", port=str(HTTPS), status_code="HTTP_301"
                    ),
                )
            ],
            opts=child_of(self),
        )
        self.ready = [listener]
        firewall = self._firewall(balancer)
        self._alias(balancer)
        self.dns_name = balancer.dns_name
        self.url = pulumi.Output.concat("https://", settings.domain or balancer.dns_name)
        self.target_group_arn = targets.arn
        self.metrics = LoadBalancerMetrics(
            load_balancer=balancer.arn_suffix,
            target_group=targets.arn_suffix,
            certificate_arn=certificate_arn,
            web_acl=firewall.web_acl_name if firewall else None,
        )
        self.register_outputs({"url": self.url, "dnsName": self.dns_name})

    def _certificate(self) -> pulumi.Input[str]:
        settings = self._args.settings
        if settings.certificate_arn:
            return settings.certificate_arn
        assert settings.domain, "settings reject an edge without a certificate or a domain and its zone"
        assert settings.zone_id, "settings reject a domain without its zone"
        return validated_certificate(
            self, self.pulumi_resource_name, domain=settings.domain, zone_id=settings.zone_id
        )

    def _firewall(self, balancer: lb.LoadBalancer) -> Firewall | None:
        if not self._args.settings.waf:
            return None
        args = FirewallArgs(
            settings=self._args.settings,
            names=self._args.names,
            keys=self._args.keys,
            load_balancer_arn=balancer.arn,
        )
        return Firewall(f"{self.pulumi_resource_name}-firewall", args, child_of(self))

    def _alias(self, balancer: lb.LoadBalancer) -> None:
        if self._args.settings.domain and self._args.settings.zone_id:
            route53.Record(
                f"{self.pulumi_resource_name}-alias",
                zone_id=self._args.settings.zone_id,
                name=self._args.settings.domain,
                type="A",
                aliases=[
                    route53.RecordAliasArgs(
                        name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True
                    )
                ],
                opts=child_of(self),
            )
