"""Tests of Edge: TLS policy, one target, access logs, and a web ACL in front."""

from __future__ import annotations

import pytest

from tests.components.edge.entered import entered
from tests.harness import ACCOUNT, Deployment, Registered


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
    # AWS documents no source condition for this service: a key that it does not send would deny every log.
    assert "Condition" not in allowed


@pytest.mark.accepts("A53")
def test_the_record_is_encrypted_with_s3s_own_key_and_expires(prod: Deployment) -> None:
    # Load balancers cannot write access logs to a bucket with SSE-KMS.
    (rule,) = prod.named("edge-logs-encryption")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert prod.named("edge-logs-lifecycle")["rules"][0]["expiration"] == {"days": 365}


def test_the_public_name_leads_to_it(prod: Deployment) -> None:
    alias = prod.named("edge-alias")
    assert (alias["name"], alias["type"]) == ("api.aiponge.example.com", "A")
    assert alias["aliases"] == [{"name": "alb.internal", "zoneId": "ZALB", "evaluateTargetHealth": True}]
    assert prod.result["url"] == "https://api.aiponge.example.com"


@pytest.mark.accepts("A53")
def test_it_stays_shut_when_the_firewall_does_not_answer(prod: Deployment) -> None:
    assert balancer(prod)["enableWafFailOpen"] is False


@pytest.mark.accepts("A53")
def test_its_firewall_stands_before_it(prod: Deployment) -> None:
    assert prod.named("edge-firewall-association")["resourceArn"] == balancer(prod).arn
    assert prod.result["web_acl"] == prod.named("edge-firewall-acl")["name"]


def test_a_service_behind_it_waits_for_the_https_listener_alone(prod: Deployment) -> None:
    assert prod.result["ready"] == [prod.named("edge-https").urn]


def test_a_stack_may_do_without_the_firewall() -> None:
    deployment = entered(waf=False)
    assert deployment.all("aws:wafv2/webAcl:WebAcl") == []
    assert deployment.result["web_acl"] is None
