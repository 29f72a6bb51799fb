"""WAF: web ACLs, their associations and their logs."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row
from sandbox.provider.shapes import convert


def web_acl(context: Context, inputs: Inputs) -> Inputs:
    """AWS requires the list of rules even when it is empty."""
    return {**inputs, "rules": inputs.get("rules", [])}


def _token(context: Context, id_: str, have: Inputs) -> Inputs:
    ref = {"Name": have["name"], "Scope": have["scope"], "Id": id_}
    return {**ref, "LockToken": context.send("wafv2.get_web_acl", ref)["LockToken"]}


def web_acl_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Send the whole configuration with the lock token."""
    body = {
        k: v
        for k, v in web_acl(context, new).items()
        if k not in ("name", "scope", "tags", "tagsAll", "region")
    }
    context.call("wafv2.update_web_acl", body, "", _token(context, id_, have))


def delete_web_acl(context: Context, id_: str, have: Inputs) -> None:
    """Delete with the lock token."""
    context.send("wafv2.delete_web_acl", _token(context, id_, have))


def waf_logging(context: Context, inputs: Inputs) -> Inputs:
    """All properties are one structure in the API."""
    shape = context.shape("wafv2.put_logging_configuration").members["LoggingConfiguration"]
    return {"loggingConfiguration": convert(shape, inputs)}


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
