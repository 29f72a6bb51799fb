"""Tests of the load balancer's checks: a certificate in its region and account."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems


@pytest.mark.failure(13)
def test_a_door_without_certificate_is_refused() -> None:
    said = problems(("edge", {"waf": True}), stack="staging")
    assert said == [
        "edge: neither certificateArn nor (domain, zoneId); HTTP-only listeners are not built",
    ]


@pytest.mark.failure(14)
def test_a_certificate_of_another_region_is_refused() -> None:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    (said,) = problems(("edge.certificateArn", arn))
    assert said == f"edge.certificateArn: {arn} is not in eu-west-1; choose a certificate in that region"


def test_a_certificate_of_another_account_is_refused() -> None:
    arn = "arn:aws:acm:eu-west-1:999988887777:certificate/1"
    (said,) = problems(("edge.certificateArn", arn))
    assert said == f"edge.certificateArn: {arn} is not in account 111122223333; choose one of that account"
