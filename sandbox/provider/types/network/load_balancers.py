"""Elastic Load Balancing: load balancers and their attributes."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.conversions import text
from sandbox.provider.rows import Call, Inputs, row

ATTRIBUTES = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableHttp2": "routing.http2.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "clientKeepAlive": "client_keep_alive.seconds",
}
LOGS = {"accessLogs": "access_logs", "connectionLogs": "connection_logs"}


def _attributes(inputs: Inputs) -> list[Inputs]:
    out = {ATTRIBUTES[key]: text(value) for key, value in inputs.items() if key in ATTRIBUTES}
    for key, name in LOGS.items():
        if logs := inputs.get(key):
            out[f"{name}.s3.enabled"] = text(logs.get("enabled", True))
            out[f"{name}.s3.bucket"] = logs["bucket"]
            out[f"{name}.s3.prefix"] = logs.get("prefix", "")
    return [{"Key": key, "Value": value} for key, value in out.items()]


def load_balancer(context: Context, inputs: Inputs) -> Inputs:
    """A boolean here is a string in the API."""
    body = dict(inputs)
    scheme = "internal" if body.pop("internal", False) else "internet-facing"
    return {**body, "scheme": scheme}


def balancer_attributes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Attributes need a second call."""
    if given := _attributes(inputs):
        context.send("elbv2.modify_load_balancer_attributes", {"LoadBalancerArn": id_, "Attributes": given})
    return {"arnSuffix": id_.split("loadbalancer/", 1)[1]}


def delete_balancer(context: Context, id_: str, have: Inputs) -> None:
    """Delete the load balancer; AWS refuses one with deletion protection."""
    context.send("elbv2.delete_load_balancer", {"LoadBalancerArn": id_})


row(
    "lb/loadBalancer:LoadBalancer",
    "elbv2.create_load_balancer",
    id="LoadBalancers[0].LoadBalancerArn",
    read="describe_load_balancers(LoadBalancerArns=[{id}]).LoadBalancers[0]",
    out="arn:LoadBalancerArn dnsName:DNSName zoneId:CanonicalHostedZoneId vpcId:VpcId",
    name="name",
    rename="loadBalancerType:Type",
    pre=load_balancer,
    more=balancer_attributes,
    delete=delete_balancer,
    replace="name internal loadBalancerType",
    parts=" ".join((*ATTRIBUTES, *LOGS)),
    update=(
        Call("set_security_groups", "LoadBalancerArn={id}", "securityGroups"),
        Call("set_subnets", "LoadBalancerArn={id}", "subnets"),
    ),
)
