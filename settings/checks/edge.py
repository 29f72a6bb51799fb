"""Checks of the load balancer's certificate."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.schema.stack import Settings


def edge_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the load balancer has a certificate in its region, or a domain to issue one for."""
    edge = settings.edge
    if not edge.certificate_arn and not (edge.domain and edge.zone_id):
        yield "edge: neither certificateArn nor (domain, zoneId); HTTP-only listeners are not built"
    if edge.certificate_arn:
        arn, region, account = edge.certificate_arn, settings.region, settings.account_id
        if f":{region}:" not in arn:
            yield f"edge.certificateArn: {arn} is not in {region}; choose a certificate in that region"
        if f":{account}:" not in arn:
            yield f"edge.certificateArn: {arn} is not in account {account}; choose one of that account"
