"""Requests the ACM certificate of the load balancer's names, validated and renewed through DNS."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_aws import acm, route53

from components.options import child_of

VALIDATION_TTL_S = 300


def validated_certificate(
    owner: pulumi.Resource, name: str, *, domain: str, others: Sequence[str] = (), zone_id: str
) -> pulumi.Output[str]:
    """The ARN of a certificate for all names, after ACM has validated them through records in the zone."""
    part = child_of(owner)
    certificate = acm.Certificate(
        f"{name}-certificate",
        domain_name=domain,
        subject_alternative_names=list(others) or None,
        validation_method="DNS",
        opts=part,
    )
    records = [
        _record(owner, f"{name}-proof", certificate, domain, zone_id),
        *(_record(owner, f"{name}-proof-{other}", certificate, other, zone_id) for other in others),
    ]
    validation = acm.CertificateValidation(
        f"{name}-validation",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        opts=part,
    )
    return validation.certificate_arn


def _record(
    owner: pulumi.Resource, label: str, certificate: acm.Certificate, domain: str, zone_id: str
) -> route53.Record:
    # ACM lists the names of a certificate in no fixed order.
    proof = certificate.domain_validation_options.apply(
        lambda options: next((one for one in options if one.domain_name == domain), options[0])
    )
    return route53.Record(
        label,
        zone_id=zone_id,
        name=proof.resource_record_name,
        type=proof.resource_record_type,
        records=[proof.resource_record_value],
        ttl=VALIDATION_TTL_S,
        # A certificate that is being replaced has the same validation record.
        allow_overwrite=True,
        opts=child_of(owner),
    )
