"""Checks what the stack needs from the account: its certificate or hosted zone, and the OIDC provider."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from iam_documents import github
from ops.checks.verify.registry import Problem
from ops.core.aws_state import AwsState, Item, tags
from ops.core.session import error_code


def certificate(aws: AwsState) -> Iterator[Problem]:
    """The certificate is issued, or the hosted zone that will validate the domain is in the account."""
    edge = aws.settings.edge
    if edge is None:
        return
    if edge.certificate_arn:
        found = aws.ask("acm", "describe_certificate", CertificateArn=edge.certificate_arn)["Certificate"]
        if found["Status"] != "ISSUED":
            yield Problem(edge.certificate_arn, f"is {found['Status']}", _pending(found))
    elif edge.domain and edge.zone_id:
        try:
            found = aws.ask("route53", "get_hosted_zone", Id=edge.zone_id)
        except ClientError as error:
            if error_code(error) != "NoSuchHostedZone":
                raise
            yield Problem(f"hosted zone {edge.zone_id}", "is not in this account", "set edge.zoneId")
            return
        zone = found["HostedZone"]["Name"].rstrip(".")
        if edge.domain != zone and not edge.domain.endswith(f".{zone}"):
            yield Problem(
                f"hosted zone {edge.zone_id}",
                f"is {zone}, which does not contain edge.domain {edge.domain}",
                "set edge.zoneId",
            )


def oidc(aws: AwsState) -> Iterator[Problem]:
    """An OIDC provider for GitHub that exists in the account already is named in the stack file."""
    delivery = aws.settings.delivery
    if delivery is None or delivery.oidc_provider_arn:
        return
    for one in aws.list("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"):
        arn = one["Arn"]
        if arn.endswith(github.ISSUER):
            made_by = tags(aws.ask("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn))
            if made_by.get("ManagedBy") != "pulumi":
                problem = "the OIDC provider exists already and is not managed by Pulumi"
                yield Problem(arn, problem, f"set delivery.oidcProviderArn: {arn}")


def _pending(certificate: Item) -> str:
    for option in certificate.get("DomainValidationOptions", []):
        record = option.get("ResourceRecord", {}).get("Name")
        if option.get("ValidationStatus") != "SUCCESS" and record:
            return f"add the validation record {record} to its hosted zone"
    return "validate it, or request a new certificate"
