"""Cloud Map: the hosted zone of a DNS namespace goes with it; moto keeps it."""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Delete the zone before the namespace."""
    from moto.route53.models import route53_backends
    from moto.servicediscovery.models import ServiceDiscoveryBackend

    original = ServiceDiscoveryBackend.delete_namespace

    def delete(self: Any, namespace_id: str) -> str:
        namespace = self.namespaces.get(namespace_id)
        dns = (namespace.dns_properties or {}) if namespace else {}
        zones = route53_backends[self.account_id][self.partition].zones
        zones.pop(str(dns.get("HostedZoneId", "")).rpartition("/")[2], None)
        return original(self, namespace_id)

    ServiceDiscoveryBackend.delete_namespace = delete  # type: ignore[method-assign]
