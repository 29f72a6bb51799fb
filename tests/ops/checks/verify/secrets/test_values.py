"""Tests of the values' checks: each malformed value is found, and no finding contains one."""

from __future__ import annotations

import base64
import json
import os

import pytest

from encryption_keys import derive_key, ring_document
from tests.ops.live import Live, Make, Undo

ENTRY, ENTRY_RING = "aiponge/entry-encryption-key", "aiponge/entry-encryption-keyring"
URL, REDIS = "aiponge/database-url", "aiponge/redis-url"
CANARY = base64.b64encode(os.urandom(32)).decode()
GOOD_URL = "postgresql://aiponge_a:{canary}@{host}:5432/aiponge?sslmode=require"


def _current(live: Live, name: str) -> dict:
    secret = live.backend("secretsmanager").secrets[name]
    return next(one for one in secret.versions.values() if "AWSCURRENT" in one["version_stages"])


def _text(live: Live, name: str) -> str:
    return _current(live, name)["secret_string"]


def _put(name: str, text: str) -> Make:
    """Change the value of the current version by hand."""

    def make(live: Live) -> Undo:
        version = _current(live, name)
        before = version["secret_string"]
        version["secret_string"] = text.replace("{canary}", "Canary0123456789").replace("{host}", _host(live))
        return lambda: version.update(secret_string=before)

    return make


def _host(live: Live) -> str:
    found = live.client("rds").describe_db_instances(DBInstanceIdentifier="aiponge-rds")
    return found["DBInstances"][0]["Endpoint"]["Address"]


MALFORMED = {
    "newline": CANARY + "\n",
    "31_bytes": base64.b64encode(os.urandom(31)).decode(),
    "33_bytes": base64.b64encode(os.urandom(33)).decode(),
    "empty": "",
    "hex": os.urandom(32).hex(),
    "url_safe": base64.urlsafe_b64encode(b"\xfb" * 31 + b"\xff").decode(),
    "unpadded": CANARY.rstrip("="),
    "development_key": base64.b64encode(b"development-key-do-not-use-in-prod"[:32]).decode(),
    "one_byte_over_and_over": base64.b64encode(b"\x07" * 32).decode(),
}


@pytest.mark.accepts("A2", "A4", "A5", "A34")
@pytest.mark.failure(26)
@pytest.mark.attack(16)
@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_entry_key_is_found_and_not_shown(live: Live, text: str) -> None:
    findings = live.findings_of(_put(ENTRY, text), "values-")
    # The keyring does not match the value any more either.
    assert {one.check for one in findings} == {"values-keys", "values-rings"}
    assert all(one.subject.startswith("aiponge/entry-encryption-key") for one in findings)
    if text:
        assert not any(text.strip() in str(one) for one in findings)


@pytest.mark.accepts("A13", "A14", "A35")
def test_a_malformed_hmac_key_is_found(live: Live) -> None:
    findings = live.findings_of(_put("aiponge/internal-service-secret", CANARY[:-2]), "values-")
    assert {one.check for one in findings} == {"values-keys", "values-rings"}


@pytest.mark.accepts("A11")
@pytest.mark.attack(47)
def test_a_value_changed_by_hand_no_longer_agrees_with_its_ring(live: Live) -> None:
    (finding,) = live.findings_of(_put(ENTRY, CANARY), "values-")
    assert finding.check == "values-rings"
    assert "is not the value of aiponge/entry-encryption-key" in finding.problem
    assert CANARY not in str(finding)


def _ring(*keys: tuple[int, str, str]) -> str:
    seed = "a" * 64
    return ring_document(
        "aes-256-key",
        [(n, derive_key(seed, secret=name, generation=n), status) for n, name, status in keys],  # type: ignore[misc]
    )


RINGS = {
    "not_json": "{",
    "no_object": "[]",
    "without_next": _ring((1, "x", "current")),
    "foreign_key": _ring((1, "x", "current"), (2, "x", "next")),
    "demoted": _ring((1, "x", "decrypt-only"), (2, "x", "current")),
    "wrong_kid": _ring((1, "x", "current"), (2, "x", "next")).replace('"kid":"', '"kid":"A'),
    "of_another_kind": ring_document(
        "hmac-key", [(1, derive_key("b" * 64, secret="x", generation=1), "current")]
    ),
}


@pytest.mark.accepts("A11")
@pytest.mark.attack(17)
@pytest.mark.parametrize("document", RINGS.values(), ids=RINGS)
def test_a_ring_that_is_not_the_declared_one_is_found_and_not_shown(live: Live, document: str) -> None:
    findings = live.findings_of(_put(ENTRY_RING, document), "values-")
    assert {(one.check, one.subject) for one in findings} == {("values-rings", ENTRY_RING)}
    keys = [key["key"] for key in json.loads(document)["keys"]] if document.startswith('{"schema') else []
    assert not any(key in str(one) for key in keys for one in findings)


URLS = {
    "no_tls": "postgresql://aiponge_a:{canary}@{host}:5432/aiponge?sslmode=disable",
    "tls_optional": "postgresql://aiponge_a:{canary}@{host}:5432/aiponge?sslmode=prefer",
    "tls_unsaid": "postgresql://aiponge_a:{canary}@{host}:5432/aiponge",
    "tls_twice": "postgresql://aiponge_a:{canary}@{host}:5432/aiponge?sslmode=require&sslmode=disable",
    "master": "postgresql://aiponge_admin:{canary}@{host}:5432/aiponge?sslmode=require",
    "elsewhere": "postgresql://aiponge_a:{canary}@db.example.com:5432/aiponge?sslmode=require",
    "other_database": "postgresql://aiponge_a:{canary}@{host}:5432/other?sslmode=require",
    "no_password": "postgresql://aiponge_a@{host}:5432/aiponge?sslmode=require",
    "no_url": "{canary}",
    "mysql": "mysql://aiponge_a:{canary}@{host}:5432/aiponge?sslmode=require",
    "broken_port": "postgresql://aiponge_a:{canary}@{host}:54x2/aiponge?sslmode=require",
    "newline": "postgresql://aiponge_a:{canary}@{host}:5432/aiponge?sslmode=require\n",
}


def _with_url(make: Make) -> Make:
    """Change the URL, or a valid one where no rotation has created a value yet."""

    def whole(live: Live) -> Undo:
        secret = live.backend("secretsmanager").secrets[URL]
        if any("AWSCURRENT" in one["version_stages"] for one in secret.versions.values()):
            return make(live)
        versions, default = dict(secret.versions), secret.default_version_id
        live.client("secretsmanager").put_secret_value(SecretId=URL, SecretString="placeholder")
        undo = make(live)
        as_it_was = {"versions": versions, "default_version_id": default}
        return lambda: (undo(), vars(secret).update(as_it_was))

    return whole


@pytest.mark.accepts("A17", "A33")
@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_an_unsafe_database_url_is_found_and_not_shown(live: Live, url: str) -> None:
    findings = [
        one
        for one in live.findings_of(_with_url(_put(URL, url)), "values-")
        if one.check != "secrets-current"
    ]
    assert {(one.check, one.subject) for one in findings} == {("values-database-url", URL)}
    assert not any("Canary" in str(one) for one in findings)


@pytest.mark.accepts("A17", "A33")
@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_database_url_with_tls_is_accepted(live: Live, mode: str) -> None:
    good = GOOD_URL.replace("require", mode)
    assert live.findings_of(_with_url(_put(URL, good)), "values-") == []


REDIS_URLS = {
    "plain": "redis://aiponge:{canary}@cache:6379",
    "default_user": "rediss://default:{canary}@cache:6379",
    "no_password": "rediss://aiponge@cache:6379",
    "no_url": "{canary}",
}


@pytest.mark.accepts("A30")
@pytest.mark.parametrize("url", REDIS_URLS.values(), ids=REDIS_URLS)
def test_a_cache_url_without_tls_or_user_is_found_and_not_shown(live: Live, url: str) -> None:
    findings = live.findings_of(_put(REDIS, url), "values-")
    assert {(one.check, one.subject) for one in findings} <= {("values-redis-url", REDIS)}
    assert not any("Canary" in str(one) for one in findings)
