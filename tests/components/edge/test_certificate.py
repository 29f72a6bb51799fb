"""Tests of the certificate: validated by a record of its domain, or given by its ARN."""

from __future__ import annotations

import pytest

from tests.components.edge.entered import entered
from tests.harness import ACCOUNT, REGION, Deployment

CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return entered()


@pytest.mark.accepts("A1")
def test_its_certificate_is_proved_by_a_record_before_it_is_used(prod: Deployment) -> None:
    certificate = prod.named("edge-certificate")
    assert certificate["domainName"] == "api.aiponge.example.com"
    assert certificate["validationMethod"] == "DNS"
    proof = prod.named("edge-proof")
    assert (proof["zoneId"], proof["type"]) == ("Z0EXAMPLE1AIPONGE", "CNAME")
    assert proof["records"] == ["_y.acm-validations.aws"]
    assert prod.named("edge-validation")["certificateArn"] == certificate.arn
    validated = prod.named("edge-https").property_dependencies["certificateArn"]
    assert prod.named("edge-validation").urn in validated


@pytest.mark.accepts("A1")
def test_a_given_certificate_is_used_as_it_is() -> None:
    deployment = entered(certificate_arn=CERTIFICATE, domain=None, zone_id=None)
    assert deployment.named("edge-https")["certificateArn"] == CERTIFICATE
    assert deployment.all("aws:acm/certificate:Certificate") == []
    assert deployment.all("aws:route53/record:Record") == []
    assert deployment.result["url"] == "https://alb.internal"
