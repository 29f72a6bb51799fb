"""Elastic Load Balancing: listeners and their rules."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.conversions import text
from sandbox.provider.rows import Inputs, row

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
DEFAULT_ACTIONS = ACTIONS.format("defaultActions")


def listener(context: Context, inputs: Inputs) -> Inputs:
    """The certificate is a list of one in the API."""
    body = dict(inputs)
    if certificate := body.pop("certificateArn", None):
        body["certificates"] = [{"certificateArn": certificate}]
    return body


def listener_attributes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Attributes need a second call."""
    given = [
        {"Key": key, "Value": text(inputs[name])}
        for name, key in LISTENER_ATTRIBUTES.items()
        if name in inputs
    ]
    if given:
        context.send("elbv2.modify_listener_attributes", {"ListenerArn": id_, "Attributes": given})
    return {}


def listener_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Send the whole configuration."""
    apart = ("loadBalancerArn", "tags", "tagsAll", "region", *LISTENER_ATTRIBUTES)
    body = {key: value for key, value in listener(context, new).items() if key not in apart}
    context.call("elbv2.modify_listener", body, DEFAULT_ACTIONS, {"ListenerArn": id_})


def listener_rule(context: Context, inputs: Inputs) -> Inputs:
    """A condition names its kind in the API."""
    conditions = []
    for condition in inputs["conditions"]:
        for key, value in condition.items():
            if key == "queryStrings":
                conditions.append({"field": "query-string", "queryStringConfig": {"values": value}})
            else:
                conditions.append({"field": CONDITIONS[key], f"{key}Config": value})
    return {**inputs, "conditions": conditions, "priority": inputs.get("priority", 100)}


row(
    "lb/listener:Listener",
    "elbv2.create_listener",
    id="Listeners[0].ListenerArn",
    read="describe_listeners(ListenerArns=[{id}]).Listeners[0]",
    out="arn:ListenerArn",
    rename=DEFAULT_ACTIONS,
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
    rename=ACTIONS.format("actions"),
    pre=listener_rule,
    delete="delete_rule(RuleArn={id})",
    replace="*",
)
