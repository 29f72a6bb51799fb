"""Cloud Map: namespaces and services for the discovery of ECS services."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, row


def dns_namespace(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Wait for the operation, which returns the namespace."""
    discovery = context.client("servicediscovery")
    note = {"Description": inputs["description"]} if "description" in inputs else {}
    made = discovery.create_private_dns_namespace(Name=inputs["name"], Vpc=inputs["vpc"], **note)
    return discovery.get_operation(OperationId=made["OperationId"])["Operation"]["Targets"]["NAMESPACE"], {}


def http_namespace(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """An HTTP namespace, as Service Connect uses it."""
    discovery = context.client("servicediscovery")
    note = {"Description": inputs["description"]} if "description" in inputs else {}
    made = discovery.create_http_namespace(Name=inputs["name"], **note)
    target = discovery.get_operation(OperationId=made["OperationId"])["Operation"]["Targets"]["NAMESPACE"]
    return target, {"httpName": inputs["name"]}


row(
    "servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    "servicediscovery.create_private_dns_namespace",
    read="get_namespace(Id={id}).Namespace",
    out="arn:Arn hostedZone:Properties.DnsProperties.HostedZoneId",
    make=dns_namespace,
    keeps="the deletion of a DNS namespace",
    delete="delete_namespace(Id={id})",
    replace="*",
)
row(
    "servicediscovery/httpNamespace:HttpNamespace",
    "servicediscovery.create_http_namespace",
    make=http_namespace,
    read="get_namespace(Id={id}).Namespace",
    out="arn:Arn",
    delete="delete_namespace(Id={id})",
    replace="*",
)
row(
    "servicediscovery/service:Service",
    "servicediscovery.create_service",
    id="Service.Id",
    read="get_service(Id={id}).Service",
    out="arn:Arn",
    name="name",
    skip="forceDestroy",
    delete="delete_service(Id={id})",
    replace="*",
)
