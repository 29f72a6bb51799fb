"""Names and the firewall: certificates, zones, records, web access lists."""

from __future__ import annotations

from sandbox.provider.calls import AwsRefused, Context
from sandbox.provider.rows import Inputs, Row, row
from sandbox.provider.shapes import convert


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
    keeps="zones that a stack only names, and what a validation record is for",
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
