"""Hosted zones that a stack only names: a real account has them, so the first record makes them here."""

from __future__ import annotations

from typing import Any


def install() -> None:
    """A change in an unknown zone finds the zone there, named after the record's parent domain."""
    from moto.route53.models import Route53Backend

    original = Route53Backend.change_resource_record_sets

    def change(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        if zoneid not in self.zones:
            name = change_list[0]["ResourceRecordSet"]["Name"].rstrip(".").partition(".")[2]
            made = self.create_hosted_zone(name, private_zone=False)
            del self.zones[made.resource_id]
            made.resource_id = zoneid
            self.zones[zoneid] = made
        original(self, zoneid, change_list)

    Route53Backend.change_resource_record_sets = change  # type: ignore[method-assign]
