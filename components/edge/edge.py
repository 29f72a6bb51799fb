"""The one door from the Internet: TLS 1.3, a firewall before it, and a record of everybody who knocked."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import lb, route53

from components.edge.certificate import proved_certificate
from components.edge.load_balancer import load_balancer
from components.edge.target_group import target_group, target_of
from components.edge.waf import Firewall, FirewallArgs
from components.kms.keys import Keys
from components.network.placement import Placement
from components.options import child_of
from settings.connections import HTTP, HTTPS
from settings.schema.stack import Settings

# TLS 1.3, or 1.2 with forward-secret ciphers for old clients; hybrid post-quantum where both sides can.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
HSTS = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True, kw_only=True)
class EdgeArgs:
    """What an :class:`Edge` is connected to."""

    settings: Settings
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys


class Edge(pulumi.ComponentResource):
    """A load balancer that redirects 80 to 443 and sends 443 to one target group."""

    url: pulumi.Output[str]
    """The public address."""
    dns_name: pulumi.Output[str]
    """The load balancer's own name."""
    listener: lb.Listener
    """What a service behind the target group waits for."""
    target_group_arn: pulumi.Output[str]
    target_group_suffix: pulumi.Output[str]
    load_balancer_suffix: pulumi.Output[str]
    certificate_arn: pulumi.Input[str]
    web_acl_name: str | None
    """None where the stack switched the firewall off."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Edge", name, None, opts)
        self._name, self._args, self._settings = name, args, args.settings.edge
        balancer = load_balancer(
            self,
            name,
            names=args.settings.names,
            settings=self._settings,
            placement=args.placement,
            security_group_id=args.security_group_id,
        )
        targets = target_group(self, name, vpc_id=args.placement.vpc_id, target=target_of(args.settings))
        self.certificate_arn = self._certificate()
        self.listener = lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self.certificate_arn,
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
        firewall = self._firewall(balancer)
        self.web_acl_name = firewall.web_acl_name if firewall else None
        self._alias(balancer)
        self.dns_name = balancer.dns_name
        self.url = pulumi.Output.concat("https://", self._settings.domain or balancer.dns_name)
        self.target_group_arn, self.target_group_suffix = targets.arn, targets.arn_suffix
        self.load_balancer_suffix = balancer.arn_suffix
        self.register_outputs({"url": self.url, "dnsName": self.dns_name})

    def _certificate(self) -> pulumi.Input[str]:
        settings = self._settings
        if settings.certificate_arn:
            return settings.certificate_arn
        assert settings.domain, "settings refuse an edge without a certificate or a domain and its zone"
        assert settings.zone_id, "settings refuse a domain without its zone"
        return proved_certificate(self, self._name, domain=settings.domain, zone_id=settings.zone_id)

    def _firewall(self, balancer: lb.LoadBalancer) -> Firewall | None:
        if not self._settings.waf:
            return None
        args = FirewallArgs(
            settings=self._settings,
            names=self._args.settings.names,
            keys=self._args.keys,
            load_balancer_arn=balancer.arn,
        )
        return Firewall(f"{self._name}-firewall", args, child_of(self))

    def _alias(self, balancer: lb.LoadBalancer) -> None:
        if self._settings.domain and self._settings.zone_id:
            route53.Record(
                f"{self._name}-alias",
                zone_id=self._settings.zone_id,
                name=self._settings.domain,
                type="A",
                aliases=[
                    route53.RecordAliasArgs(
                        name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True
                    )
                ],
                opts=child_of(self),
            )
