"""A database, its key, a secret and a parameter that exist are imported as docs/operations/adopt.md says.

The in-process engine has no such command, and leaves no resource out of an update, so nothing is compared. It
has the option `import_` only (tests/sandbox/engine/test_imports.py).
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox, samples, session
from sandbox.sandbox import ROOT
from settings.checks.examples import ACCOUNT_ID as EXAMPLE_ACCOUNT
from tests.accounts import own_account
from tests.engine import secret_values
from tests.engine.checkout import Checkout, check_out_with_plugins

STACK, PAGE, DEPLOY = "cinematch-staging", "docs/operations/adopt.md", "docs/operations/deploy.md"
CONFIG = "--policy-pack policies --policy-pack-config policy-config.json"
IMPORTED = ("keys-data", "database-instance", "secrets-jwt-secret", "secrets-django-secret-key")
REPLACED = {
    "-s prod": f"-s {STACK}",
    "--stack prod": f"--stack {STACK}",
    "--stack cinematch-production": f"--stack {STACK}",
    "--exclude '**::database-instance'": " ".join(f"--exclude '**::{name}'" for name in IMPORTED),
}
# No stack of a host has a secret in Secrets Manager.
JWT_SECRET = """
    jwt-secret:
      name: cinematch/jwt-secret
      kind: jwt-hs256-key
      description: Key that signs user sessions
      readers: [deploy]
      rotateEvery: 90
      recoveryDays: 7
"""
VALUES = {
    "JWT_SECRET": samples.sample("jwt", "jwt-hs256-key"),
    "SECRET_KEY": samples.sample("django", "django-key"),
    "DB_PASSWORD": samples.sample("database", "password"),
    "TMDB_READ_ACCESS_TOKEN": "eyJhbGciOiJ-tmdb-7kQ2zR9xW4pL8vT3",
    "LLM_API_KEY": "eyJhbGciOiJ-llm-7kQ2zR9xW4pL8vT3",
}
DJANGO = "/cinematch/staging/django-secret-key"


@dataclass
class Existing:
    """An account with resources of an older environment, and a checkout to adopt them from."""

    checkout: Checkout
    sandbox: Sandbox
    ids: dict[str, str] = field(default_factory=dict)
    """Ids of what is imported, by name."""

    def preview(self) -> list[dict[str, Any]]:
        """The steps of a preview with the pack, other than those of what stays the same."""
        said = self.checkout.type(DEPLOY, f"pulumi preview -s prod {CONFIG}", "--json")
        steps = json.JSONDecoder().raw_decode(said, said.index("{"))[0]["steps"]
        return [one for one in steps if one["op"] != "same"]

    def take_over(self, names: Collection[str]) -> None:
        """Import these resources with the file of the page."""
        (block,) = re.findall(r"```json\n(.*?)```", (ROOT / PAGE).read_text(), re.S)
        file = json.loads(block.replace("urn:pulumi:prod", f"urn:pulumi:{STACK}"))
        chosen = [one for one in file["resources"] if one["name"] in names]
        file["resources"] = [{**one, "id": self.ids[one["name"]]} for one in chosen]
        (self.checkout.folder / "adopt.json").write_text(json.dumps(file))
        self.checkout.type(PAGE, "pulumi import -s prod --file adopt.json --generate-code=false", "--yes")

    def in_aws(self) -> dict[str, str]:
        """What AWS calls the resources."""
        rds, store = self.sandbox.client("rds"), self.sandbox.client("secretsmanager")
        (instance,) = rds.describe_db_instances()["DBInstances"]
        return {
            "database": instance["DbiResourceId"],
            "key": instance["KmsKeyId"],
            "secret": store.describe_secret(SecretId="cinematch/jwt-secret")["ARN"],
        }

    def values(self) -> tuple[str, str]:
        """The values of secret and parameter."""
        store, parameters = self.sandbox.client("secretsmanager"), self.sandbox.client("ssm")
        parameter = parameters.get_parameter(Name=DJANGO, WithDecryption=True)["Parameter"]
        return store.get_secret_value(SecretId="cinematch/jwt-secret")["SecretString"], parameter["Value"]


@pytest.fixture(scope="module")
def existing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Existing]:
    own = own_account(STACK)
    home, sandbox = tmp_path_factory.mktemp("home"), Sandbox(STACK, pack=None, config=own)
    state = home / "state"
    state.mkdir()
    with sandbox, session.server(sandbox.account, sandbox.role) as endpoint:
        checkout = check_out_with_plugins(
            home,
            REPLACED,
            **session.environment(endpoint, sandbox.region),
            PULUMI_BACKEND_URL=state.as_uri(),
            PULUMI_CONFIG_PASSPHRASE="tests only",
        )
        file = checkout.folder / f"Pulumi.{STACK}.yaml"
        file.write_text(file.read_text().replace(EXAMPLE_ACCOUNT, own["strongroom:accountId"]))
        yield Existing(checkout, sandbox)


@pytest.fixture(scope="module")
def declared(existing: Existing) -> Existing:
    """Step 1: the stack file says what exists, and the values in use are imported."""
    checkout = existing.checkout
    path = checkout.folder / f"Pulumi.{STACK}.yaml"
    text = path.read_text().replace("  strongroom:secrets:\n", f"  strongroom:secrets:{JWT_SECRET}")
    for kind in ("jwt-hs256-key", "django-key", "password"):
        text = text.replace(f"      kind: {kind}\n", f"      kind: {kind}\n      initial: imported\n")
    path.write_text(text.replace('engineVersion: "15"', 'engineVersion: "15.4"'))
    subprocess.run(
        ["pulumi", "stack", "init", STACK], cwd=checkout.folder, env=checkout.environment, check=True
    )
    env = checkout.folder / ".env"
    env.write_text("".join(f"{name}={value}\n" for name, value in VALUES.items()))
    env.chmod(0o600)
    checkout.type(PAGE, "python -m ops import-env .env --stack cinematch-production")
    checkout.type(
        PAGE,
        'python -m ops import-env .env --stack cinematch-production --apply --yes --reason "first values"',
    )
    env.unlink()
    checkout.type(DEPLOY, "python -m settings.policy_config --stack prod > policy-config.json")
    return existing


@pytest.fixture(scope="module")
def prepared(declared: Existing) -> Existing:
    """Steps 2 and 3: the rest is created; the instance has its own key and is in the stack's subnet group."""
    declared.checkout.type(
        PAGE,
        "pulumi up -s prod --exclude '**::database-instance' --exclude-dependents",
        "--yes --skip-preview",
    )
    key = declared.sandbox.client("kms").create_key(Description="of the old environment")["KeyMetadata"]
    secret = declared.sandbox.client("secretsmanager").create_secret(
        Name="cinematch/jwt-secret", SecretString=VALUES["JWT_SECRET"]
    )
    declared.sandbox.client("ssm").put_parameter(Name=DJANGO, Type="SecureString", Value=VALUES["SECRET_KEY"])
    declared.sandbox.client("rds").create_db_instance(
        DBInstanceIdentifier="cinematch-rds",
        Engine="postgres",
        EngineVersion="15.4",
        DBInstanceClass="db.t3.small",
        AllocatedStorage=20,
        MasterUsername="cinematch_admin",
        MasterUserPassword="the-password-of-before",
        DBName="cinematch",
        StorageEncrypted=True,
        KmsKeyId=key["Arn"],
        DBSubnetGroupName="cinematch-isolated",
    )
    declared.ids = dict(zip(IMPORTED, (key["KeyId"], "cinematch-rds", secret["ARN"], DJANGO), strict=True))
    return declared


@pytest.fixture(scope="module")
def imported(prepared: Existing) -> Existing:
    """Step 4. One resource is given back, as the page says of a wrong one, and imported again."""
    prepared.take_over(IMPORTED)
    parent = f"urn:pulumi:{STACK}::strongroom::strongroom:index:Secrets"
    urn = f"'{parent}$aws:ssm/parameter:Parameter::{IMPORTED[-1]}'"
    named = replace(prepared.checkout, replaced={**REPLACED, "URN": urn})
    named.type(PAGE, "pulumi state delete URN -s prod --force", "--yes")
    prepared.take_over(IMPORTED[-1:])
    return prepared


@pytest.fixture(scope="module")
def planned(imported: Existing) -> list[dict[str, Any]]:
    """Step 5."""
    return imported.preview()


@pytest.fixture(scope="module")
def updated(imported: Existing, planned: list[dict[str, Any]]) -> Existing:
    """Step 6."""
    before = imported.in_aws()
    imported.checkout.type(DEPLOY, f"pulumi up -s prod {CONFIG} --parallel 64", "--yes --skip-preview")
    assert imported.in_aws() == before
    return imported


def test_the_next_update_changes_what_is_imported_in_place(planned: list[dict[str, Any]]) -> None:
    changed = {one["urn"].rpartition("::")[2]: one["op"] for one in planned if one["op"] != "create"}
    assert changed == dict.fromkeys(IMPORTED, "update")


def test_nothing_that_exists_is_created_again(planned: list[dict[str, Any]]) -> None:
    created = {one["urn"].split("$")[-1] for one in planned if one["op"] == "create"}
    assert "aws:secretsmanager/secretVersion:SecretVersion::secrets-jwt-secret" in created
    assert not [one for one in created if one.startswith(("aws:rds/instance:", "aws:kms/key:"))]


def test_the_update_keeps_the_values_in_use(updated: Existing) -> None:
    assert updated.values() == (VALUES["JWT_SECRET"], VALUES["SECRET_KEY"])


def test_after_the_update_nothing_is_left_to_change(updated: Existing) -> None:
    assert updated.preview() == []


def test_no_secret_value_is_in_the_state_or_in_another_file(updated: Existing) -> None:
    values = secret_values.stored(updated.sandbox)
    assert set(VALUES.values()) <= values
    state = Path(updated.checkout.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
    assert secret_values.leaks(values, state / ".pulumi") == []
    assert secret_values.leaks(values, updated.checkout.folder) == []
