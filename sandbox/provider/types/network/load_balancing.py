"""The way in: load balancer, certificates, names, firewall."""

from __future__ import annotations

from sandbox.provider.calls import Context
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
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
}
BALANCER_PARTS = f"{' '.join(ATTRIBUTES)} accessLogs connectionLogs"
LISTENER_ATTRIBUTES = {
    "tcpIdleTimeoutSeconds": "tcp.idle_timeout.seconds",
    "routingHttpResponseServerEnabled": "routing.http.response.server.enabled",
    **{
        f"routingHttpResponse{header.title().replace('_', '')}HeaderValue": (
            f"routing.http.response.{header}.header_value"
        )
        for header in (
            "strict_transport_security",
            "content_security_policy",
            "x_content_type_options",
            "x_frame_options",
        )
    },
}
HEALTH = {
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
    "enabled": "HealthCheckEnabled",
}
CONDITIONS = {
    "pathPattern": "path-pattern",
    "hostHeader": "host-header",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "sourceIp": "source-ip",
}
ACTIONS = (
    "{0}.redirect:RedirectConfig {0}.fixedResponse:FixedResponseConfig {0}.forward:ForwardConfig "
    "{0}.forward.targetGroups.arn:TargetGroupArn"
)
DEFAULT_ACTIONS, RULE_ACTIONS = ACTIONS.format("defaultActions"), ACTIONS.format("actions")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _attributes(inputs: Inputs) -> list[Inputs]:
    out = {ATTRIBUTES[key]: _text(value) for key, value in inputs.items() if key in ATTRIBUTES}
    for key, name in (("accessLogs", "access_logs"), ("connectionLogs", "connection_logs")):
        if logs := inputs.get(key):
            out[f"{name}.s3.enabled"] = _text(logs.get("enabled", True))
            out[f"{name}.s3.bucket"] = logs["bucket"]
            out[f"{name}.s3.prefix"] = logs.get("prefix", "")
    if sticky := inputs.get("stickiness"):
        out |= {"stickiness.enabled": _text(sticky.get("enabled", True)), "stickiness.type": sticky["type"]}
    return [{"Key": key, "Value": value} for key, value in out.items()]


def load_balancer(context: Context, inputs: Inputs) -> Inputs:
    """A boolean here, a word there."""
    body = dict(inputs)
    scheme = "internal" if body.pop("internal", False) else "internet-facing"
    return {**body, "scheme": scheme}


def balancer_attributes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Attributes are a second call."""
    if given := _attributes(inputs):
        context.send("elbv2.modify_load_balancer_attributes", {"LoadBalancerArn": id_, "Attributes": given})
    return {"arnSuffix": id_.split("loadbalancer/", 1)[1]}


def delete_balancer(context: Context, id_: str, have: Inputs) -> None:
    """A protected one is refused by AWS, and so here."""
    context.send("elbv2.delete_load_balancer", {"LoadBalancerArn": id_})


def _health(inputs: Inputs) -> Inputs:
    check = dict(inputs.get("healthCheck") or {})
    out = {HEALTH[key]: value for key, value in check.items() if key in HEALTH}
    return {**out, **({"Matcher": {"HttpCode": check["matcher"]}} if "matcher" in check else {})}


def target_group(context: Context, inputs: Inputs) -> Inputs:
    """The health check is flat in the API."""
    return {**inputs, **_health(inputs)}


def health_check_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Sent whole."""
    context.call("elbv2.modify_target_group", {**_health(new), "targetGroupArn": id_})


def target_attributes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Attributes are a second call."""
    if given := _attributes(inputs):
        context.send("elbv2.modify_target_group_attributes", {"TargetGroupArn": id_, "Attributes": given})
    return {"arnSuffix": id_.rsplit(":", 1)[1]}


def listener(context: Context, inputs: Inputs) -> Inputs:
    """The certificate is a list of one."""
    body = dict(inputs)
    if certificate := body.pop("certificateArn", None):
        body["certificates"] = [{"certificateArn": certificate}]
    return body


def listener_attributes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Attributes are a second call."""
    given = [
        {"Key": key, "Value": _text(inputs[name])}
        for name, key in LISTENER_ATTRIBUTES.items()
        if name in inputs
    ]
    if given:
        context.send("elbv2.modify_listener_attributes", {"ListenerArn": id_, "Attributes": given})
    return {}


def listener_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Sent whole."""
    apart = ("loadBalancerArn", "tags", "tagsAll", "region", *LISTENER_ATTRIBUTES)
    body = {key: value for key, value in listener(context, new).items() if key not in apart}
    context.call("elbv2.modify_listener", body, DEFAULT_ACTIONS, {"ListenerArn": id_})


def listener_rule(context: Context, inputs: Inputs) -> Inputs:
    """A condition says in the API which kind it is."""
    conditions = []
    for condition in inputs["conditions"]:
        for key, value in condition.items():
            if key == "queryStrings":
                conditions.append({"field": "query-string", "queryStringConfig": {"values": value}})
            else:
                conditions.append({"field": CONDITIONS[key], f"{key}Config": value})
    return {**inputs, "conditions": conditions, "priority": inputs.get("priority", 100)}


def target(context: Context, inputs: Inputs) -> Inputs:
    """One attachment is a list of one target."""
    port = {"port": inputs["port"]} if "port" in inputs else {}
    return {"targetGroupArn": inputs["targetGroupArn"], "targets": [{"id": inputs["targetId"], **port}]}


def deregister_target(context: Context, id_: str, have: Inputs) -> None:
    """The reverse."""
    context.call("elbv2.deregister_targets", target(context, have))


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
    parts=BALANCER_PARTS,
    update=(
        Call("set_security_groups", "LoadBalancerArn={id}", "securityGroups"),
        Call("set_subnets", "LoadBalancerArn={id}", "subnets"),
    ),
)
row(
    "lb/targetGroup:TargetGroup",
    "elbv2.create_target_group",
    id="TargetGroups[0].TargetGroupArn",
    read="describe_target_groups(TargetGroupArns=[{id}]).TargetGroups[0]",
    out="arn:TargetGroupArn",
    name="name",
    rename="healthCheck:-",
    pre=target_group,
    more=target_attributes,
    delete="delete_target_group(TargetGroupArn={id})",
    replace="name port protocol vpcId targetType",
    parts="deregistrationDelay stickiness slowStart loadBalancingAlgorithmType",
    change=health_check_change,
    changes="healthCheck",
)
row(
    "lb/listener:Listener",
    "elbv2.create_listener",
    id="Listeners[0].ListenerArn",
    read="describe_listeners(ListenerArns=[{id}]).Listeners[0]",
    out="arn:ListenerArn",
    rename=(
        "defaultActions.redirect:RedirectConfig defaultActions.fixedResponse:FixedResponseConfig "
        "defaultActions.forward:ForwardConfig "
        "defaultActions.forward.targetGroups.arn:TargetGroupArn"
    ),
    pre=listener,
    more=listener_attributes,
    parts=" ".join(LISTENER_ATTRIBUTES),
    delete="delete_listener(ListenerArn={id})",
    replace="loadBalancerArn",
    change=listener_change,
    changes="*",
)
row(
    "lb/listenerRule:ListenerRule",
    "elbv2.create_rule",
    id="Rules[0].RuleArn",
    read="describe_rules(RuleArns=[{id}]).Rules[0]",
    out="arn:RuleArn",
    rename=(
        "actions.redirect:RedirectConfig actions.fixedResponse:FixedResponseConfig "
        "actions.forward:ForwardConfig actions.forward.targetGroups.arn:TargetGroupArn"
    ),
    pre=listener_rule,
    delete="delete_rule(RuleArn={id})",
    replace="*",
)
row(
    "lb/targetGroupAttachment:TargetGroupAttachment",
    "elbv2.register_targets",
    id="{targetGroupArn}-{targetId}",
    read="describe_target_health(TargetGroupArn={targetGroupArn}).TargetHealthDescriptions[0]",
    pre=target,
    delete=deregister_target,
    replace="*",
)
