"""Requests the ACM certificate of the public name, validated and renewed through DNS."""

from __future__ import annotations

import pulumi
from pulumi_aws import acm, route53

from components.options import child_of

VALIDATION_TTL_S = 300


def validated_certificate(
    owner: pulumi.Resource, name: str, *, domain: str, zone_id: str
) -> pulumi.Output[str]:
    """The ARN of a certificate for ``domain``, after ACM has validated it through the record in the zone."""
    part = child_of(owner)
    certificate = acm.Certificate(
        f"{name}-certificate", domain_name=domain, validation_method="DNS", opts=part
    )
    proof = certificate.domain_validation_options[0]
    record = route53.Record(
        f"{name}-proof",
        zone_id=zone_id,
        name=proof.resource_record_name,
        type=proof.resource_record_type,
        records=[proof.resource_record_value],
        ttl=VALIDATION_TTL_S,
        # A certificate that is being replaced has the same validation record.
        allow_overwrite=True,
        opts=part,
    )
    validation = acm.CertificateValidation(
        f"{name}-validation",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.fqdn],
        opts=part,
    )
    return validation.certificate_arn
