"""The public load balancer: TLS 1.3, a web ACL, and access logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    routed: Mapping[str, Target] = field(default_factory=dict)
    """The target groups of the services in ``settings.routes``."""
    placement: Placement
    """The public subnets; the private ones for an internal load balancer."""
    security_group_id: pulumi.Input[str]
    keys: Keys


class Edge(pulumi.ComponentResource):
    """A load balancer that redirects HTTP to HTTPS, and forwards HTTPS by its routes."""

    url: pulumi.Output[str]
    """The URL of the domain, or of the load balancer."""
    dns_name: pulumi.Output[str]
    """DNS name of the load balancer."""
    ready: Sequence[pulumi.Resource]
    """The HTTPS listener and its rules: what a service behind a target group depends on."""
    target_group_arns: dict[str, pulumi.Output[str]]
    """ARNs of the target groups, by service (``host`` for a host)."""
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
        vpc_id = args.placement.vpc_id
        targets = target_group(self, f"{name}-targets", vpc_id=vpc_id, target=args.target)
        routed = {
            service: target_group(self, f"{name}-targets-{service}", vpc_id=vpc_id, target=target)
            for service, target in args.routed.items()
        }
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
        self.ready = [listener, *self._rules(listener, routed)]
        firewall = self._firewall(balancer)
        self._create_records(balancer)
        self.dns_name = balancer.dns_name
        self.url = pulumi.Output.concat("https://", settings.domain or balancer.dns_name)
        groups = {args.target.service: targets, **routed}
        self.target_group_arns = {service: group.arn for service, group in groups.items()}
        self.metrics = LoadBalancerMetrics(
            load_balancer=balancer.arn_suffix,
            target_group=targets.arn_suffix,
            routed={service: group.arn_suffix for service, group in routed.items()},
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
            self,
            self.pulumi_resource_name,
            domain=settings.domain,
            others=settings.other_domains,
            zone_id=settings.zone_id,
        )

    def _rules(
        self, listener: lb.Listener, routed: Mapping[str, lb.TargetGroup]
    ) -> Sequence[lb.ListenerRule]:
        return [
            lb.ListenerRule(
                f"{self.pulumi_resource_name}-route-{service}",
                listener_arn=listener.arn,
                priority=route.priority,
                conditions=[
                    *([_host_is(route.hosts)] if route.hosts else ()),
                    *([_path_is(route.paths)] if route.paths else ()),
                ],
                actions=[
                    lb.ListenerRuleActionArgs(type="forward", target_group_arn=routed[service].arn),
                ],
                opts=child_of(self),
            )
            for service, route in self._args.settings.routes.items()
        ]

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

    def _create_records(self, balancer: lb.LoadBalancer) -> None:
        settings, name = self._args.settings, self.pulumi_resource_name
        if not (settings.domain and settings.zone_id):
            return
        labels = {f"{name}-alias": settings.domain}
        labels |= {f"{name}-alias-{domain}": domain for domain in settings.other_domains}
        for label, domain in labels.items():
            route53.Record(
                label,
                zone_id=settings.zone_id,
                name=domain,
                type="A",
                aliases=[
                    route53.RecordAliasArgs(
                        name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True
                    )
                ],
                opts=child_of(self),
            )


def _host_is(hosts: Sequence[str]) -> lb.ListenerRuleConditionArgs:
    return lb.ListenerRuleConditionArgs(
        host_header=lb.ListenerRuleConditionHostHeaderArgs(values=list(hosts))
    )


def _path_is(paths: Sequence[str]) -> lb.ListenerRuleConditionArgs:
    return lb.ListenerRuleConditionArgs(
        path_pattern=lb.ListenerRuleConditionPathPatternArgs(values=list(paths))
    )
