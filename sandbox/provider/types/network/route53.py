"""Route 53: hosted zones and records."""

from __future__ import annotations

from sandbox.provider.calls import AwsRefused, Context
from sandbox.provider.rows import Inputs, Row, row


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
    except AwsRefused:  # a zone that the stack only names: its record sets are built here
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
    """Create a record as a change of its zone."""
    made = _change_record(context, inputs, "UPSERT" if inputs.get("allowOverwrite") else "CREATE")
    return f"{inputs['zoneId']}_{inputs['name']}_{inputs['type']}", {"fqdn": made["Name"]}


def record_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Overwrite the record."""
    _change_record(context, new, "UPSERT")


def delete_record(context: Context, id_: str, have: Inputs) -> None:
    """Delete the record, which the API wants repeated."""
    _change_record(context, have, "DELETE")


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
    keeps="zones that a stack only names, and the certificate of a validation record",
)
