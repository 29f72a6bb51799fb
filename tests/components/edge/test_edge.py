"""The door: modern TLS, one target, every knock recorded, and nothing let through unwatched."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import pytest

from components.edge import Edge, EdgeArgs, Target
from settings import read_stack_file
from tests.components.alone import build
from tests.components.stand_ins import PUBLIC, keys
from tests.harness import ACCOUNT, REGION, Deployment, Registered

CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"


@cache
def entered(stack: str = "prod", *, protocol: Literal["HTTP", "HTTPS"] = "HTTP", **fields: Any) -> Deployment:
    """The load balancer of a shipped stack with other ``fields`` of its settings; what it hands out."""
    settings = read_stack_file(stack)

    def program() -> dict[str, Any]:
        edge = Edge(
            "edge",
            EdgeArgs(
                names=settings.names,
                settings=settings.edge.model_copy(update=fields),
                target=Target(port=443, protocol=protocol, kind="ip", health_path="/health/startup"),
                placement=PUBLIC,
                security_group_id="sg-alb",
                keys=keys(),
            ),
        )
        return {"url": edge.url, "web_acl": edge.metrics.web_acl, "ready": [one.urn for one in edge.ready]}

    return build(program)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return entered()


def balancer(deployment: Deployment) -> Registered:
    return deployment.named("edge-alb")


@pytest.mark.accepts("A21", "A53")
def test_it_stands_in_the_public_subnets_in_its_own_group(prod: Deployment) -> None:
    one = balancer(prod)
    assert (one["loadBalancerType"], one["internal"]) == ("application", False)
    assert one["subnets"] == ["public-a", "public-b"]
    assert one["securityGroups"] == ["sg-alb"]


@pytest.mark.accepts("A1")
def test_it_speaks_tls_1_3_and_nothing_below_1_2(prod: Deployment) -> None:
    listener = prod.named("edge-https")
    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


@pytest.mark.accepts("A53")
def test_80_only_ever_answers_go_to_443(prod: Deployment) -> None:
    listener = prod.named("edge-http")
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert listener["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]


@pytest.mark.accepts("A24")
def test_443_leads_to_the_one_target_group(prod: Deployment) -> None:
    assert prod.named("edge-https")["defaultActions"] == [
        {"type": "forward", "targetGroupArn": prod.only("aws:lb/targetGroup:TargetGroup").arn}
    ]


@pytest.mark.accepts("A53")
def test_requests_that_two_servers_could_read_differently_are_refused(prod: Deployment) -> None:
    assert balancer(prod)["dropInvalidHeaderFields"] is True
    assert balancer(prod)["desyncMitigationMode"] == "defensive"


@pytest.mark.accepts("A53")
@pytest.mark.parametrize(("stack", "protected"), [("prod", True), ("staging", False)])
def test_it_is_not_deleted_by_accident_in_production(stack: str, protected: bool) -> None:
    assert balancer(entered(stack))["enableDeletionProtection"] is protected


def test_answers_tell_browsers_what_to_refuse_and_nothing_about_the_server(prod: Deployment) -> None:
    listener = prod.named("edge-https")
    sent = {
        key.removeprefix("routingHttpResponse"): value
        for key, value in listener.inputs.items()
        if key.startswith("routingHttpResponse")
    }
    assert sent == {
        "ServerEnabled": False,
        "StrictTransportSecurityHeaderValue": "max-age=31536000; includeSubDomains",
        "XContentTypeOptionsHeaderValue": "nosniff",
        "XFrameOptionsHeaderValue": "DENY",
    }


@pytest.mark.accepts("A40", "A53")
def test_every_request_is_recorded_in_a_bucket_it_may_write_before_it_is_made(prod: Deployment) -> None:
    logs = balancer(prod)["accessLogs"]
    assert logs == {"enabled": True, "bucket": f"aiponge-alb-logs-{ACCOUNT}", "prefix": "alb"}
    assert prod.named("edge-logs-policy").urn in balancer(prod).depends_on


@pytest.mark.accepts("A53")
def test_only_load_balancers_of_this_account_write_there_and_only_there(prod: Deployment) -> None:
    (allowed,) = (
        statement
        for statement in prod.named("edge-logs-policy").document("policy")["Statement"]
        if statement["Effect"] == "Allow"
    )
    assert allowed["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Resource"] == f"arn:aws:s3:::aiponge-alb-logs-{ACCOUNT}/alb/AWSLogs/{ACCOUNT}/*"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.accepts("A53")
def test_the_record_is_encrypted_with_s3s_own_key_and_expires(prod: Deployment) -> None:
    # Load balancers can write to no bucket that a key of ours encrypts.
    (rule,) = prod.named("edge-logs-encryption")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert prod.named("edge-logs-lifecycle")["rules"][0]["expiration"] == {"days": 365}


@pytest.mark.accepts("A24")
def test_it_reaches_the_gateway_by_address_on_443_and_asks_whether_it_is_ready(prod: Deployment) -> None:
    group = prod.named("edge-targets")
    assert (group["port"], group["protocol"], group["targetType"]) == (443, "HTTP", "ip")
    assert group["vpcId"] == "vpc-1"
    check = group["healthCheck"]
    assert (check["enabled"], check["path"], check["matcher"], check["protocol"]) == (
        True,
        "/health/startup",
        "200",
        "HTTP",
    )
    assert check["timeout"] < check["interval"]
    assert "name" not in group.inputs


def test_a_target_that_is_not_ready_gets_no_request_after_45_seconds(prod: Deployment) -> None:
    check = prod.named("edge-targets")["healthCheck"]
    assert check["interval"] * check["unhealthyThreshold"] == 45


def test_a_stopping_task_is_drained_as_long_as_it_lives(prod: Deployment) -> None:
    assert prod.named("edge-targets")["deregistrationDelay"] == 30


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


def test_the_public_name_leads_to_it(prod: Deployment) -> None:
    alias = prod.named("edge-alias")
    assert (alias["name"], alias["type"]) == ("api.aiponge.example.com", "A")
    assert alias["aliases"] == [{"name": "alb.internal", "zoneId": "ZALB", "evaluateTargetHealth": True}]
    assert prod.result["url"] == "https://api.aiponge.example.com"


@pytest.mark.accepts("A1")
def test_a_given_certificate_is_used_as_it_is() -> None:
    deployment = entered(certificate_arn=CERTIFICATE, domain=None, zone_id=None)
    assert deployment.named("edge-https")["certificateArn"] == CERTIFICATE
    assert deployment.all("aws:acm/certificate:Certificate") == []
    assert deployment.all("aws:route53/record:Record") == []
    assert deployment.result["url"] == "https://alb.internal"


@pytest.mark.accepts("A53")
def test_it_stays_shut_when_the_firewall_does_not_answer(prod: Deployment) -> None:
    assert balancer(prod)["enableWafFailOpen"] is False


@pytest.mark.accepts("A53")
def test_its_firewall_stands_before_it(prod: Deployment) -> None:
    assert prod.named("edge-firewall-association")["resourceArn"] == balancer(prod).arn
    assert prod.result["web_acl"] == prod.named("edge-firewall-acl")["name"]


@pytest.mark.accepts("A24")
def test_a_target_that_speaks_tls_is_spoken_to_in_tls() -> None:
    group = entered(protocol="HTTPS").named("edge-targets")
    assert (group["protocol"], group["healthCheck"]["protocol"]) == ("HTTPS", "HTTPS")


def test_a_service_behind_it_waits_for_the_https_listener_alone(prod: Deployment) -> None:
    assert prod.result["ready"] == [prod.named("edge-https").urn]


def test_a_stack_may_do_without_the_firewall() -> None:
    deployment = entered(waf=False)
    assert deployment.all("aws:wafv2/webAcl:WebAcl") == []
    assert deployment.result["web_acl"] is None
