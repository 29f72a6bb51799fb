"""Checks the load balancer: subnets, TLS, attributes, access log, certificate and target group."""

from __future__ import annotations

from collections.abc import Iterator

from iam_documents import Condition, ParsedStatement, statements
from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item

TLS_1_3 = "TLS13"
# Security policies that accept TLS 1.0 or 1.1, or ciphers without forward secrecy.
_OLD_TLS = ("1-0", "1-1", "Ext")


def balancer(aws: AwsState) -> Item | None:
    """The load balancer with the stack's name."""
    every = aws.list("elbv2", "describe_load_balancers", "LoadBalancers")
    return next((one for one in every if one["LoadBalancerName"] == aws.names.part("alb")), None)


def running(aws: AwsState) -> Iterator[tuple[Item, str]]:
    """The stack's load balancer and its name, where it exists."""
    one = balancer(aws)
    if one is not None:
        yield one, one["LoadBalancerName"]


def modern(policy: str) -> bool:
    """Whether a security policy offers TLS 1.3, and otherwise TLS 1.2 with forward secrecy only."""
    return TLS_1_3 in policy and not any(f"-{old}" in policy for old in _OLD_TLS)


@check("edge-present", "A1", "A21", "A24", "A53")
def present(aws: AwsState) -> Iterator[Problem]:
    """The declared load balancer is in its tier with its own security group, the only one in the VPC."""
    one, edge = balancer(aws), aws.settings.edge
    if one is None and edge is not None:
        yield Problem(aws.names.part("alb"), "does not exist", BY_PROGRAM)
    vpc = aws.vpc["VpcId"] if aws.vpc else None
    for other in aws.list("elbv2", "describe_load_balancers", "LoadBalancers"):
        if other["VpcId"] == vpc and (edge is None or other != one):
            yield Problem(
                other["LoadBalancerName"], "is an undeclared load balancer in this VPC", "delete it"
            )
    if one is None or edge is None:
        return
    name = one["LoadBalancerName"]
    if one["Scheme"] != edge.scheme:
        yield Problem(name, f"its scheme is {one['Scheme']}, declared is {edge.scheme}", BY_PROGRAM)
    tier = "private" if edge.internal else "public"
    declared = {subnet["SubnetId"] for subnet in subnets(aws, tier)}
    if {zone["SubnetId"] for zone in one["AvailabilityZones"]} != declared:
        yield Problem(name, f"its subnets are not the {tier} subnets", BY_PROGRAM)
    groups = {
        found["GroupId"]
        for found in aws.in_vpc("describe_security_groups", "SecurityGroups")
        if found["GroupName"] == name
    }
    if set(one.get("SecurityGroups", [])) != groups:
        yield Problem(name, f"its security group is not {name} alone", BY_PROGRAM)


@check("edge-listeners", "A1", "A24", "A53")
def listeners(aws: AwsState) -> Iterator[Problem]:
    """Port 443 is HTTPS with TLS 1.3 or 1.2, port 80 redirects to it, and there is no other listener."""
    for one, name in running(aws):
        found = {
            listener["Port"]: listener
            for listener in aws.list(
                "elbv2", "describe_listeners", "Listeners", LoadBalancerArn=one["LoadBalancerArn"]
            )
        }
        for port in sorted(found.keys() - {80, 443}):
            yield Problem(name, f"has an undeclared listener on port {port}", "delete the listener")
        https, http = found.get(443), found.get(80)
        if https is None or https["Protocol"] != "HTTPS":
            yield Problem(name, "has no HTTPS listener on port 443", BY_PROGRAM)
        else:
            policy = https.get("SslPolicy", "")
            if not modern(policy):
                yield Problem(
                    name,
                    f"its security policy {policy or 'is unset and'} does not restrict TLS to 1.3 and 1.2",
                    BY_PROGRAM,
                )
        if http is None or not all(_redirects(action) for action in http["DefaultActions"]):
            yield Problem(name, "port 80 does not redirect to HTTPS", BY_PROGRAM)


@check("edge-attributes", "A53")
def attributes(aws: AwsState) -> Iterator[Problem]:
    """Invalid headers are dropped, desync mitigation, access logs and deletion protection are on."""
    for one, name in running(aws):
        answer = aws.ask("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=one["LoadBalancerArn"])
        found = {pair["Key"]: pair["Value"] for pair in answer["Attributes"]}
        if found.get("routing.http.drop_invalid_header_fields.enabled") != "true":
            yield Problem(name, "does not drop invalid header fields", BY_PROGRAM)
        if found.get("routing.http.desync_mitigation_mode", "defensive") == "monitor":
            yield Problem(name, "its desync mitigation mode is monitor", BY_PROGRAM)
        if found.get("access_logs.s3.enabled") != "true":
            yield Problem(name, "its access logs are off", BY_PROGRAM)
        protected = aws.settings.edge is not None and aws.settings.edge.deletion_protection
        if protected and found.get("deletion_protection.enabled") != "true":
            yield Problem(name, "its deletion protection is off", BY_PROGRAM)


@check("edge-log-bucket", "A40", "A53")
def log_bucket(aws: AwsState) -> Iterator[Problem]:
    """The bucket of the access logs blocks public access and requires TLS."""
    for one, _ in running(aws):
        answer = aws.ask("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=one["LoadBalancerArn"])
        bucket = {pair["Key"]: pair["Value"] for pair in answer["Attributes"]}.get("access_logs.s3.bucket")
        if not bucket:
            continue
        blocked = aws.of_bucket("get_public_access_block", bucket).get("PublicAccessBlockConfiguration", {})
        if not (blocked and all(blocked.values())):
            yield Problem(f"bucket {bucket}", "public access is not blocked", BY_PROGRAM)
        policy = aws.of_bucket("get_bucket_policy", bucket).get("Policy", "{}")
        if not any(map(_denies_plain_http, statements(policy))):
            yield Problem(f"bucket {bucket}", "accepts requests without TLS", BY_PROGRAM)


@check("edge-certificate", "A1")
def certificate(aws: AwsState) -> Iterator[Problem]:
    """The certificate is issued, for the declared domains."""
    edge = aws.settings.edge
    declared = [one for one in (edge.domain, *edge.other_domains) if one] if edge else []
    for one, name in running(aws):
        for listener in aws.list(
            "elbv2", "describe_listeners", "Listeners", LoadBalancerArn=one["LoadBalancerArn"]
        ):
            for given in listener.get("Certificates", []):
                found = aws.ask("acm", "describe_certificate", CertificateArn=given["CertificateArn"])
                detail = found["Certificate"]
                if detail["Status"] != "ISSUED":
                    yield Problem(name, f"its certificate is {detail['Status']}", "add its validation record")
                names = {detail.get("DomainName"), *detail.get("SubjectAlternativeNames", [])}
                for domain in declared:
                    if not names & {domain, f"*.{domain.partition('.')[2]}"}:
                        yield Problem(name, f"its certificate is not for {domain}", BY_PROGRAM)


@check("edge-target", "A24")
def target(aws: AwsState) -> Iterator[Problem]:
    """There is one target group for each declared service behind the load balancer, on its port."""
    declared = sorted(aws.settings.targets.values())
    for one, name in running(aws):
        groups = aws.list(
            "elbv2", "describe_target_groups", "TargetGroups", LoadBalancerArn=one["LoadBalancerArn"]
        )
        ports = sorted(found["Port"] for found in groups)
        if ports != declared:
            here = ", ".join(map(str, ports)) or "no port"
            wanted = f"is one on port {declared[0]}" if len(declared) == 1 else f"are {_listed(declared)}"
            yield Problem(name, f"has target groups on {here}, declared {wanted}", BY_PROGRAM)


def _listed(ports: list[int]) -> str:
    return ", ".join(map(str, ports)) or "none"


def _redirects(action: Item) -> bool:
    redirect = action.get("RedirectConfig", {})
    return (
        action["Type"] == "redirect" and redirect.get("Protocol") == "HTTPS" and redirect.get("Port") == "443"
    )


def _denies_plain_http(statement: ParsedStatement) -> bool:
    plain = Condition("Bool", "aws:SecureTransport", ("false",))
    return statement.effect == "Deny" and plain in statement.conditions and statement.principals.everybody
