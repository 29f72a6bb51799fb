"""Tests of ``ops preflight``: certificate, hosted zone and OIDC provider."""

from __future__ import annotations

import pytest

from tests.ops.checks.preflight.account import Account, problems
from tests.ops.live import declared


def test_a_zone_that_is_not_the_domains_is_found() -> None:
    (problem,) = problems(Account(get_hosted_zone={"HostedZone": {"Name": "other.example.com."}}))
    assert problem.startswith("hosted zone ")
    assert "is other.example.com" in problem


@pytest.mark.failure(14)
def test_a_certificate_that_is_not_issued_names_its_record() -> None:
    settings = declared()
    arn = "arn:aws:acm:eu-west-1:222233334444:certificate/x"
    assert settings.edge
    edge = settings.edge.model_copy(update={"certificate_arn": arn})
    record = {"ValidationStatus": "PENDING_VALIDATION", "ResourceRecord": {"Name": "_x.api"}}
    pending = {"Status": "PENDING_VALIDATION", "DomainValidationOptions": [record]}
    aws = Account(settings.model_copy(update={"edge": edge}), describe_certificate={"Certificate": pending})
    assert problems(aws) == [
        f"{arn}: is PENDING_VALIDATION; add the validation record _x.api to its hosted zone"
    ]


@pytest.mark.failure(27)
@pytest.mark.parametrize(("maker", "count"), [("ops-bootstrap", 1), ("somebody", 1), ("pulumi", 0)])
def test_an_identity_provider_that_is_not_the_stacks_own_is_found(maker: str, count: int) -> None:
    arn = "arn:aws:iam::222233334444:oidc-provider/token.actions.githubusercontent.com"
    found = problems(
        Account(
            list_open_id_connect_providers=[{"Arn": arn}],
            get_open_id_connect_provider={"Tags": [{"Key": "ManagedBy", "Value": maker}]},
        )
    )
    assert (
        found
        == [
            f"{arn}: the OIDC provider exists already and is not managed by Pulumi; "
            f"set delivery.oidcProviderArn: {arn}"
        ]
        * count
    )
