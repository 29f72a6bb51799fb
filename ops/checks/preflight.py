"""Checks before the first update: service quotas, availability by zone, and names that are in use."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from iam_documents import github
from ops.checks.verify.data.database import instance
from ops.checks.verify.network.security_groups import declared
from ops.checks.verify.registry import Check, Problem
from ops.checks.verify.secrets.secrets import inventory
from ops.core.aws_state import AwsState, Item, tags
from ops.core.session import error_code
from settings.zones import chosen_zones

ADDRESSES, VPCS, RULES = ("ec2", "L-0263D0A3"), ("vpc", "L-F678F1CE"), ("vpc", "L-0EA8095F")


def database_zones(aws: AwsState) -> Iterator[Problem]:
    """The database's instance class is available in every zone that the stack uses."""
    database = aws.settings.database
    options = aws.list(
        "rds",
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        Engine="postgres",
        DBInstanceClass=database.instance_class,
        Vpc=True,
    )
    major = database.engine_version.split(".")[0]
    offered = {
        zone["Name"]
        for option in options
        if option["EngineVersion"].split(".")[0] == major
        for zone in option["AvailabilityZones"]
    }
    for name, zone_id in _zones(aws).items():
        if name not in offered:
            yield Problem(
                database.instance_class,
                f"is not available in {zone_id} with PostgreSQL {major}",
                "set network.azExclude",
            )


def endpoint_zones(aws: AwsState) -> Iterator[Problem]:
    """The service of each declared VPC endpoint is available in every zone that the stack uses."""
    base = f"com.amazonaws.{aws.settings.region}."
    wanted = [f"{base}{service}" for service in aws.settings.network.endpoints]
    if not wanted:
        return
    details = aws.list("ec2", "describe_vpc_endpoint_services", "ServiceDetails", ServiceNames=wanted)
    offered = {one["ServiceName"]: set(one["AvailabilityZones"]) for one in details}
    for service in wanted:
        for name, zone_id in _zones(aws).items():
            if name not in offered.get(service, set()):
                yield Problem(
                    service.removeprefix(base), f"is not available in {zone_id}", "set network.azExclude"
                )


def addresses(aws: AwsState) -> Iterator[Problem]:
    """The quota of Elastic IP addresses leaves enough for the NAT gateways."""
    network = aws.settings.network
    wanted = {"per_az": network.azs, "single": 1, "none": 0}[network.nat]
    taken = aws.list("ec2", "describe_addresses", "Addresses")
    own = [one for one in taken if aws.settings.tags.items() <= tags(one).items()]
    missing, left = wanted - len(own), _quota(aws, ADDRESSES) - len(taken)
    if missing > left:
        yield _request(f"needs {missing} Elastic IP addresses, {left} left in the quota", ADDRESSES)


def vpcs(aws: AwsState) -> Iterator[Problem]:
    """The quota of VPCs leaves one for the stack."""
    if aws.vpc is None:
        left = _quota(aws, VPCS) - len(aws.list("ec2", "describe_vpcs", "Vpcs"))
        if left < 1:
            yield _request(f"needs 1 VPC, {left} left in the quota", VPCS)


def rules(aws: AwsState) -> Iterator[Problem]:
    """No security group needs more rules than the quota of rules per security group."""
    allowed = _quota(aws, RULES)
    for name, wanted in declared(aws).items():
        for egress, way in ((False, "ingress"), (True, "egress")):
            count = sum(number for rule, number in wanted.items() if rule.egress is egress)
            if count > allowed:
                group = aws.names.part(name)
                yield _request(f"needs {count} {way} rules in sg {group}, the quota is {allowed}", RULES)


def names(aws: AwsState) -> Iterator[Problem]:
    """No declared secret is scheduled for deletion."""
    for problem in inventory(aws):
        if "scheduled for deletion" in problem.problem:
            yield problem


def certificate(aws: AwsState) -> Iterator[Problem]:
    """The certificate is issued, or the hosted zone that will validate the domain is in the account."""
    edge = aws.settings.edge
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


def database_name(aws: AwsState) -> Iterator[Problem]:
    """A database instance that has the stack's name already has the stack's tags."""
    found = instance(aws)
    if found is not None and not aws.settings.tags.items() <= tags(found).items():
        yield Problem(
            found["DBInstanceIdentifier"],
            "exists already and does not have this stack's tags",
            "import it, or set application.namePrefix",
        )


PREFLIGHT: tuple[Check, ...] = (
    Check("preflight-database-zones", (), database_zones),
    Check("preflight-endpoint-zones", (), endpoint_zones),
    Check("preflight-addresses", (), addresses),
    Check("preflight-vpcs", (), vpcs),
    Check("preflight-rules", (), rules),
    Check("preflight-secret-names", (), names),
    Check("preflight-database-name", (), database_name),
    Check("preflight-certificate", ("A1",), certificate),
    Check("preflight-oidc", (), oidc),
)


def _zones(aws: AwsState) -> dict[str, str]:
    """The zones that the program will choose: names to IDs."""
    offered = aws.list(
        "ec2",
        "describe_availability_zones",
        "AvailabilityZones",
        Filters=[
            {"Name": "state", "Values": ["available"]},
            {"Name": "opt-in-status", "Values": ["opt-in-not-required"]},
        ],
    )
    return chosen_zones(aws.settings.network, {one["ZoneName"]: one["ZoneId"] for one in offered})


def _quota(aws: AwsState, code: tuple[str, str]) -> int:
    answer = aws.ask("service-quotas", "get_service_quota", ServiceCode=code[0], QuotaCode=code[1])
    return int(answer["Quota"]["Value"])


def _request(problem: str, code: tuple[str, str]) -> Problem:
    return Problem("account", problem, f"increase quota {code[1]}")


def _pending(certificate: Item) -> str:
    for option in certificate.get("DomainValidationOptions", []):
        record = option.get("ResourceRecord", {}).get("Name")
        if option.get("ValidationStatus") != "SUCCESS" and record:
            return f"add the validation record {record} to its hosted zone"
    return "validate it, or request a new certificate"
