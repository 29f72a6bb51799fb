"""Route 53: creates zones that a stack only names; a validation record issues its certificate."""

from __future__ import annotations

from typing import Any


def _issue(account: str, name: str) -> None:
    """Issue the account's certificates that wait for the record of this name."""
    from moto.acm.models import acm_backends

    for backend in list(acm_backends[account].values()):
        for certificate in backend._certificates.values():
            body = certificate.describe()["Certificate"]
            waiting = [option["ResourceRecord"]["Name"] for option in body.get("DomainValidationOptions", [])]
            if f"{name}." in waiting and certificate.status == "PENDING_VALIDATION":
                certificate.status = "ISSUED"


def install() -> None:
    """Create the zone of a change where it is unknown, named after the record's parent domain."""
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
        for item in change_list:
            if item["Action"] != "DELETE":
                _issue(self.account_id, item["ResourceRecordSet"]["Name"].rstrip("."))

    Route53Backend.change_resource_record_sets = change  # type: ignore[method-assign]
