"""Cloud Map: services of ECS Service Connect, and the deletion of a namespace with its hosted zone."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError

from sandbox.moto.hooks import Asked, Params, answers


@answers("servicediscovery", "ListServices")
def list_services(asked: Asked) -> Params:
    """List the services of the namespace that the request filters by; moto returns all."""
    filters = [one for one in asked.params.get("Filters") or [] if one["Name"] == "NAMESPACE_ID"]
    wanted = {value for one in filters for value in one["Values"]}
    found = [one for one in asked.backend.services.values() if not wanted or one.namespace_id in wanted]
    return {"Services": [one.to_json() for one in found]}


def add_service_connect(account: str, region: str, connect: dict[str, Any]) -> None:
    """Create the Cloud Map services of an ECS service; they stay when the ECS service is deleted."""
    from moto.servicediscovery.models import servicediscovery_backends

    backend = servicediscovery_backends[account][region]
    namespaces = {one.arn: one.id for one in backend.namespaces.values()}
    namespace = namespaces.get(connect.get("namespace", ""))
    have = {(one.namespace_id, one.name) for one in backend.services.values()}
    for one in connect.get("services", []):
        name = one.get("discoveryName") or one["portName"]
        if namespace and (namespace, name) not in have:
            backend.create_service(name, namespace, "", "Managed by Amazon ECS", None, None, None, [], "HTTP")  # type: ignore[arg-type]


def install() -> None:
    """Refuse to delete a namespace that has services, and delete its hosted zone, which moto keeps."""
    from moto.route53.models import route53_backends
    from moto.servicediscovery.models import ServiceDiscoveryBackend

    original = ServiceDiscoveryBackend.delete_namespace

    def delete(self: Any, namespace_id: str) -> str:
        if any(one.namespace_id == namespace_id for one in self.services.values()):
            raise JsonRESTError(
                "ResourceInUse",
                "Namespace has associated services; delete the services before deleting the namespace",
            )
        namespace = self.namespaces.get(namespace_id)
        dns = (namespace.dns_properties or {}) if namespace else {}
        zones = route53_backends[self.account_id][self.partition].zones
        zones.pop(str(dns.get("HostedZoneId", "")).rpartition("/")[2], None)
        return original(self, namespace_id)

    ServiceDiscoveryBackend.delete_namespace = delete  # type: ignore[method-assign]
