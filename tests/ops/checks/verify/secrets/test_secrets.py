"""Tests of Secrets Manager's checks: names, keys, versions and ages; no finding contains a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ops.core.secret_stores import Value
from tests.ops.live import Live, Make, Undo

A31 = pytest.mark.accepts("A31")
JWT = "aiponge/jwt-secret"


def _version(live: Live, name: str) -> dict:
    secret = live.backend("secretsmanager").secrets[name]
    return next(one for one in secret.versions.values() if "AWSCURRENT" in one["version_stages"])


def added_by_hand(live: Live) -> Undo:
    store = live.client("secretsmanager")
    store.create_secret(Name="aiponge/by-hand", SecretString="x")
    return lambda: store.delete_secret(SecretId="aiponge/by-hand", ForceDeleteWithoutRecovery=True)


def deleted(live: Live) -> Undo:
    store = live.client("secretsmanager")
    store.delete_secret(SecretId=JWT, RecoveryWindowInDays=30)
    return lambda: store.restore_secret(SecretId=JWT)


def under_the_key_of_aws(live: Live) -> Undo:
    secret = live.backend("secretsmanager").secrets[JWT]
    before, secret.kms_key_id = secret.kms_key_id, "alias/aws/secretsmanager"
    return lambda: setattr(secret, "kms_key_id", before)


def never_filled(live: Live) -> Undo:
    version = _version(live, JWT)
    version["version_stages"].remove("AWSCURRENT")
    return lambda: version["version_stages"].append("AWSCURRENT")


def rotation_stuck(live: Live) -> Undo:
    versions = live.backend("secretsmanager").secrets["aiponge/database-url"].versions
    versions["pending-0000"] = {
        "secret_string": "postgresql://x",
        "createdate": 0,
        "version_id": "pending-0000",
        "version_stages": ["AWSPENDING"],
    }
    return lambda: versions.pop("pending-0000")


def older_than_allowed(live: Live) -> Undo:
    version = _version(live, JWT)
    before = version["createdate"]
    version["createdate"] = int((datetime.now(UTC) - timedelta(days=91, hours=1)).timestamp())
    return lambda: version.update(createdate=before)


def just_within_its_age(live: Live) -> Undo:
    version = _version(live, JWT)
    before = version["createdate"]
    version["createdate"] = int((datetime.now(UTC) - timedelta(days=90, hours=1)).timestamp())
    return lambda: version.update(createdate=before)


def age_tag_changed(live: Live) -> Undo:
    store = live.client("secretsmanager")
    tag = "strongroom:rotate-every-days"
    store.tag_resource(SecretId=JWT, Tags=[{"Key": tag, "Value": "999"}])
    return lambda: store.tag_resource(SecretId=JWT, Tags=[{"Key": tag, "Value": "90"}])


SLIPS = [
    pytest.param(added_by_hand, "secrets-inventory", marks=A31),
    pytest.param(deleted, "secrets-inventory", marks=[pytest.mark.accepts("A32"), pytest.mark.failure(27)]),
    pytest.param(under_the_key_of_aws, "secrets-key", marks=pytest.mark.accepts("A3", "A6")),
    pytest.param(never_filled, "secrets-current", marks=[A31, pytest.mark.failure(25)]),
    pytest.param(older_than_allowed, "secrets-age", marks=pytest.mark.accepts("A9")),
    pytest.param(age_tag_changed, "secrets-tags", marks=pytest.mark.accepts("A9")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_in_the_store_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.attack(29)
def test_a_version_that_a_rotation_left_pending_is_found(live: Live) -> None:
    assert {one.check for one in live.findings_of(rotation_stuck)} == {"secrets-pending"}


@pytest.mark.accepts("A9")
def test_a_secret_on_its_last_day_is_not_overdue(live: Live) -> None:
    assert live.findings_of(just_within_its_age) == []


@pytest.mark.failure(27)
def test_a_name_on_its_way_out_says_how_to_get_it_back(live: Live) -> None:
    (finding,) = live.findings_of(deleted)
    assert "is scheduled for deletion on" in finding.problem
    assert f"restore-secret --secret-id {JWT}" in finding.remedy


@pytest.mark.attack(12)
def test_a_value_does_not_show_when_printed() -> None:
    assert "canary" not in repr(Value("canary", "v1", datetime.now(UTC)))
