"""The way in: load balancer, certificates, names, firewall."""

from __future__ import annotations

from sandbox.calls import AwsRefused, Context
from sandbox.rows import Call, Inputs, Row, row
from sandbox.shapes import convert

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


def web_acl(context: Context, inputs: Inputs) -> Inputs:
    """AWS wants the list of rules even when it is empty."""
    return {**inputs, "rules": inputs.get("rules", [])}


def _token(context: Context, id_: str, have: Inputs) -> Inputs:
    ref = {"Name": have["name"], "Scope": have["scope"], "Id": id_}
    return {**ref, "LockToken": context.send("wafv2.get_web_acl", ref)["LockToken"]}


def web_acl_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Sent whole, with the lock token."""
    body = {
        k: v
        for k, v in web_acl(context, new).items()
        if k not in ("name", "scope", "tags", "tagsAll", "region")
    }
    context.call("wafv2.update_web_acl", body, "", _token(context, id_, have))


def delete_web_acl(context: Context, id_: str, have: Inputs) -> None:
    """Needs the lock token too."""
    context.send("wafv2.delete_web_acl", _token(context, id_, have))


def waf_logging(context: Context, inputs: Inputs) -> Inputs:
    """Everything is one structure."""
    shape = context.shape("wafv2.put_logging_configuration").members["LoggingConfiguration"]
    return {"loggingConfiguration": convert(shape, inputs)}


def hosted_zone(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """A private zone names its VPC."""
    vpcs = inputs.get("vpcs") or []
    config = {"Comment": inputs.get("comment", "Managed by Pulumi"), "PrivateZone": bool(vpcs)}
    params: Inputs = {"Name": inputs["name"], "CallerReference": context.urn, "HostedZoneConfig": config}
    if vpcs:
        params["VPC"] = {"VPCId": vpcs[0]["vpcId"], "VPCRegion": vpcs[0].get("vpcRegion", context.region)}
    made = context.send("route53.create_hosted_zone", params)
    return made["HostedZone"]["Id"].rsplit("/", 1)[1], {}


def _record(context: Context, inputs: Inputs) -> Inputs:
    name = inputs["name"].rstrip(".")
    try:
        zone = context.send("route53.get_hosted_zone", {"Id": inputs["zoneId"]})["HostedZone"]["Name"].rstrip(
            "."
        )
    except AwsRefused:  # a zone that the stack only names: its records are written out
        zone = name.partition(".")[2]
    fqdn = name if name.endswith(zone) else f"{name}.{zone}".lstrip(".")
    out: Inputs = {"Name": fqdn, "Type": inputs["type"]}
    if inputs.get("aliases"):
        to = inputs["aliases"][0]
        healthy = bool(to.get("evaluateTargetHealth"))
        return {
            **out,
            "AliasTarget": {
                "HostedZoneId": to["zoneId"],
                "DNSName": to["name"],
                "EvaluateTargetHealth": healthy,
            },
        }
    values = [{"Value": value} for value in inputs.get("records", [])]
    return {**out, "TTL": int(inputs.get("ttl", 300)), "ResourceRecords": values}


def _change_record(context: Context, inputs: Inputs, action: str) -> Inputs:
    change = {"Action": action, "ResourceRecordSet": _record(context, inputs)}
    params = {"HostedZoneId": inputs["zoneId"], "ChangeBatch": {"Changes": [change]}}
    context.send("route53.change_resource_record_sets", params)
    return change["ResourceRecordSet"]


def record(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """A record is a change of its zone."""
    made = _change_record(context, inputs, "UPSERT" if inputs.get("allowOverwrite") else "CREATE")
    return f"{inputs['zoneId']}_{inputs['name']}_{inputs['type']}", {"fqdn": made["Name"]}


def record_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Over the old one."""
    _change_record(context, new, "UPSERT")


def delete_record(context: Context, id_: str, have: Inputs) -> None:
    """The same record again, as the API wants it."""
    _change_record(context, have, "DELETE")


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
row(
    "acm/certificate:Certificate",
    "acm.request_certificate",
    id="CertificateArn",
    read="describe_certificate(CertificateArn={id}).Certificate",
    out=(
        "arn:CertificateArn status:Status "
        "domainValidationOptions:DomainValidationOptions[].{domainName:DomainName,resourceRecordName:ResourceRecord.Name,resourceRecordType:ResourceRecord.Type,resourceRecordValue:ResourceRecord.Value}"
    ),
    skip="validationOptions",
    delete="delete_certificate(CertificateArn={id})",
    replace="*",
)
row(
    "acm/certificateValidation:CertificateValidation",
    "acm.describe_certificate",
    id="{certificateArn}",
    read="describe_certificate(CertificateArn={id}).Certificate",
    skip="validationRecordFqdns",
    replace="*",
)
row(
    "route53/zone:Zone",
    "route53.create_hosted_zone",
    id="HostedZone.Id",
    read="get_hosted_zone(Id={id}).@",
    out="nameServers:DelegationSet.NameServers arn=arn:{p}:route53:::hostedzone/{id} zoneId={id}",
    make=hosted_zone,
    delete="delete_hosted_zone(Id={id})",
    replace="name",
)
row(
    "route53/record:Record",
    "route53.change_resource_record_sets",
    read=(
        "list_resource_record_sets(HostedZoneId={zoneId}).ResourceRecordSets[?Name=='{fqdn}.' && "
        "Type=='{type}']|[0]"
    ),
    make=record,
    delete=delete_record,
    replace="name type zoneId",
    change=record_change,
    changes="*",
)
row(
    "wafv2/webAcl:WebAcl",
    "wafv2.create_web_acl",
    id="Summary.Id",
    read="get_web_acl(Name={name},Scope={scope},Id={id}).WebACL",
    out="arn:ARN capacity:Capacity lockToken:LockToken",
    name="name",
    skip="ruleJson",
    pre=web_acl,
    delete=delete_web_acl,
    replace="name scope",
    change=web_acl_change,
    changes="*",
    volatile="lockToken capacity",
)
row(
    "wafv2/webAclAssociation:WebAclAssociation",
    "wafv2.associate_web_acl",
    id="{webAclArn},{resourceArn}",
    read="get_web_acl_for_resource(ResourceArn={resourceArn}).WebACL",
    rename="webAclArn:WebACLArn",
    delete="disassociate_web_acl(ResourceArn={resourceArn})",
    replace="*",
)
row(
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "wafv2.put_logging_configuration",
    id="{resourceArn}",
    read="get_logging_configuration(ResourceArn={resourceArn}).LoggingConfiguration",
    pre=waf_logging,
    put=True,
    delete="delete_logging_configuration(ResourceArn={resourceArn})",
    replace="resourceArn",
)
