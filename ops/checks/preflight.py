"""Before the first update: region and account can hold the stack, or one line says what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from iam_documents import github
from ops.checks.verify.data.database import instance
from ops.checks.verify.network.security_groups import declared
from ops.checks.verify.registry import Check, Problem
from ops.checks.verify.secrets.secrets import inventory
from ops.core.aws_state import Estate, Item, tags
from ops.core.session import error_code
from settings.zones import chosen_zones

ADDRESSES, VPCS, RULES = ("ec2", "L-0263D0A3"), ("vpc", "L-F678F1CE"), ("vpc", "L-0EA8095F")


def database_zones(estate: Estate) -> Iterator[Problem]:
    """The database's class is offered in every zone the stack uses."""
    database = estate.settings.database
    options = estate.list(
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
    for name, zone_id in _zones(estate).items():
        if name not in offered:
            yield Problem(
                database.instance_class,
                f"is not offered in {zone_id} with PostgreSQL {major}",
                "set network.azExclude",
            )


def endpoint_zones(estate: Estate) -> Iterator[Problem]:
    """Each declared endpoint's service is offered in every zone the stack uses."""
    base = f"com.amazonaws.{estate.settings.region}."
    wanted = [f"{base}{service}" for service in estate.settings.network.endpoints]
    if not wanted:
        return
    details = estate.list("ec2", "describe_vpc_endpoint_services", "ServiceDetails", ServiceNames=wanted)
    offered = {one["ServiceName"]: set(one["AvailabilityZones"]) for one in details}
    for service in wanted:
        for name, zone_id in _zones(estate).items():
            if name not in offered.get(service, set()):
                yield Problem(
                    service.removeprefix(base), f"is not offered in {zone_id}", "set network.azExclude"
                )


def addresses(estate: Estate) -> Iterator[Problem]:
    """There are addresses left for the NAT gateways."""
    network = estate.settings.network
    wanted = {"per_az": network.azs, "single": 1, "none": 0}[network.nat]
    taken = estate.list("ec2", "describe_addresses", "Addresses")
    own = [one for one in taken if estate.settings.tags.items() <= tags(one).items()]
    missing, left = wanted - len(own), _quota(estate, ADDRESSES) - len(taken)
    if missing > left:
        yield _request(f"needs {missing} EIPs, {left} left", ADDRESSES)


def vpcs(estate: Estate) -> Iterator[Problem]:
    """There is room for the stack's VPC."""
    if estate.vpc is None:
        left = _quota(estate, VPCS) - len(estate.list("ec2", "describe_vpcs", "Vpcs"))
        if left < 1:
            yield _request(f"needs 1 VPC, {left} left", VPCS)


def rules(estate: Estate) -> Iterator[Problem]:
    """No security group needs more rules than one may have."""
    allowed = _quota(estate, RULES)
    for name, wanted in declared(estate).items():
        for egress, way in ((False, "ingress"), (True, "egress")):
            count = sum(number for rule, number in wanted.items() if rule.egress is egress)
            if count > allowed:
                group = estate.names.part(name)
                yield _request(f"needs {count} {way} rules in sg {group}, {allowed} allowed", RULES)


def names(estate: Estate) -> Iterator[Problem]:
    """No declared name is still waiting to be deleted."""
    for problem in inventory(estate):
        if "scheduled for deletion" in problem.problem:
            yield problem


def certificate(estate: Estate) -> Iterator[Problem]:
    """The certificate is issued, or the zone that will prove the domain is here."""
    edge = estate.settings.edge
    if edge.certificate_arn:
        found = estate.ask("acm", "describe_certificate", CertificateArn=edge.certificate_arn)["Certificate"]
        if found["Status"] != "ISSUED":
            yield Problem(edge.certificate_arn, f"is {found['Status']}", _pending(found))
    elif edge.domain and edge.zone_id:
        try:
            found = estate.ask("route53", "get_hosted_zone", Id=edge.zone_id)
        except ClientError as error:
            if error_code(error) != "NoSuchHostedZone":
                raise
            yield Problem(f"zone {edge.zone_id}", "is not in this account", "set edge.zoneId")
            return
        zone = found["HostedZone"]["Name"].rstrip(".")
        if edge.domain != zone and not edge.domain.endswith(f".{zone}"):
            yield Problem(f"zone {edge.zone_id}", f"is {zone}, {edge.domain} is not in it", "set edge.zoneId")


def oidc(estate: Estate) -> Iterator[Problem]:
    """GitHub's identity provider is made once an account: by the stack, or named in it."""
    delivery = estate.settings.delivery
    if delivery is None or delivery.oidc_provider_arn:
        return
    for one in estate.list("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"):
        arn = one["Arn"]
        if arn.endswith(github.ISSUER):
            made_by = tags(estate.ask("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn))
            if made_by.get("ManagedBy") != "pulumi":
                yield Problem(arn, "OIDC provider exists", f"set delivery.oidcProviderArn: {arn}")


def database_name(estate: Estate) -> Iterator[Problem]:
    """An instance of the declared name is this stack's own, or nobody's."""
    found = instance(estate)
    if found is not None and not estate.settings.tags.items() <= tags(found).items():
        yield Problem(
            found["DBInstanceIdentifier"],
            "exists and is not this stack's",
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


def _zones(estate: Estate) -> dict[str, str]:
    """The zones the program will choose, with their ids."""
    offered = estate.list(
        "ec2",
        "describe_availability_zones",
        "AvailabilityZones",
        Filters=[
            {"Name": "state", "Values": ["available"]},
            {"Name": "opt-in-status", "Values": ["opt-in-not-required"]},
        ],
    )
    return chosen_zones(estate.settings.network, {one["ZoneName"]: one["ZoneId"] for one in offered})


def _quota(estate: Estate, code: tuple[str, str]) -> int:
    answer = estate.ask("service-quotas", "get_service_quota", ServiceCode=code[0], QuotaCode=code[1])
    return int(answer["Quota"]["Value"])


def _request(problem: str, code: tuple[str, str]) -> Problem:
    return Problem("account", problem, f"request {code[1]}")


def _pending(certificate: Item) -> str:
    for option in certificate.get("DomainValidationOptions", []):
        record = option.get("ResourceRecord", {}).get("Name")
        if option.get("ValidationStatus") != "SUCCESS" and record:
            return f"add the record {record} to its zone"
    return "validate it, or request another"
