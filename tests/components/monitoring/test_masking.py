"""Tests of masking: credentials are masked in every service's log, ordinary lines are not."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components.monitoring.masking import OWN
from tests.components.monitoring.monitored import everything, monitoring
from tests.harness import Deployment

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SECRETS = {
    "KeyOf32Bytes": (f"key is {KEY}", f'{{"key":"{KEY}"}}'),
    "UrlWithPassword": (
        "postgresql://aiponge_app:Zk3nVq81LmPw90sT@db.internal:5432/aiponge?sslmode=require",
        "rediss://aiponge:Zk3nVq81LmPw90sTyU@cache.internal:6379",
    ),
}
ORDINARY = (
    '{"message":"Login failed","userId":"u-1","correlationId":"0b6f7c1e-9a3d-4a70-b5fd-1c2d3e4f5a6b"}',
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "GET https://api.example.com/v1/entries?limit=10 200",
    "connected to postgresql://db.internal:5432/aiponge",
    '{"v":1,"event":"auth.failure","user_ref":"h:9f2c","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}',
)
# The characters that CloudWatch accepts in a custom data identifier.
ALLOWED = re.compile(r"[A-Za-z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}")
MOST_OWN = 10


@pytest.fixture(scope="module")
def prod() -> Deployment:
    watched = {key: part for key, part in everything().items() if key in ("logs", "database")}
    return monitoring(**watched)


def documents(prod: Deployment) -> dict[str, dict[str, Any]]:
    policies = prod.all("LogDataProtectionPolicy")
    return {one["logGroupName"]: one.document("policyDocument") for one in policies}


@pytest.mark.accepts("A48")
def test_every_service_is_masked(prod: Deployment) -> None:
    counted = {one["logGroupName"] for one in prod.all("LogMetricFilter")}
    assert set(documents(prod)) == {group for group in counted if not group.startswith("/aws/rds")}
    assert set(documents(prod)) == set(everything()["logs"].values())


@pytest.mark.accepts("A48")
def test_what_is_masked_is_counted_and_nothing_less(prod: Deployment) -> None:
    for document in documents(prod).values():
        count, mask = document["Statement"]
        assert count["Operation"] == {"Audit": {"FindingsDestination": {}}}
        assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}
        # CloudWatch rejects different lists for audit and masking.
        assert count["DataIdentifier"] == mask["DataIdentifier"]
        assert document["Version"] == "2021-06-01"


@pytest.mark.accepts("A48")
def test_private_keys_and_aws_keys_are_masked_too(prod: Deployment) -> None:
    base = "arn:aws:dataprotection::aws:data-identifier/"
    for document in documents(prod).values():
        managed = {one.removeprefix(base) for one in document["Statement"][1]["DataIdentifier"]} - set(OWN)
        assert managed == {
            "AwsSecretKey",
            "OpenSshPrivateKey",
            "PgpPrivateKey",
            "PkcsPrivateKey",
            "PuttyPrivateKey",
        }


def test_every_own_identifier_is_declared_where_it_is_used(prod: Deployment) -> None:
    for document in documents(prod).values():
        declared = document["Configuration"]["CustomDataIdentifier"]
        assert {one["Name"]: one["Regex"] for one in declared} == OWN
        assert set(OWN) <= set(document["Statement"][1]["DataIdentifier"])


def test_cloudwatch_takes_every_own_expression() -> None:
    assert len(OWN) <= MOST_OWN
    assert all(ALLOWED.fullmatch(regex) for regex in OWN.values())


@pytest.mark.accepts("A48")
@pytest.mark.parametrize(("name", "said"), [(name, one) for name, lines in SECRETS.items() for one in lines])
def test_the_stacks_own_kinds_of_secret_are_recognised(name: str, said: str) -> None:
    assert re.search(OWN[name], said)


@pytest.mark.parametrize("said", ORDINARY)
def test_an_ordinary_line_is_left_alone(said: str) -> None:
    assert not any(re.search(regex, said) for regex in OWN.values())


def test_a_policy_is_no_longer_than_cloudwatch_takes(prod: Deployment) -> None:
    assert all(len(json.dumps(one)) < 30720 for one in documents(prod).values())
