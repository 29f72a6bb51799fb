"""A first deployment runs as its pages show it, with folders for program and policy pack.

A copy of the project stands for a checkout. Names of stacks are replaced by that of the one stack here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox import Sandbox, session
from tests.engine.checkout import Checkout, check_out_with_plugins

STACK = "cinematch-staging"
REPLACED = {
    "-s prod": f"-s {STACK}",
    "--stack prod": f"--stack {STACK}",
    "stack init prod": f"stack init {STACK}",
    "aiponge-pulumi-ACCOUNT-eu-west-1": "cinematch-pulumi-111122223333-eu-west-2",
    "alias/aiponge-pulumi": "alias/cinematch-pulumi",
    "eu-west-1": "eu-west-2",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    home, sandbox = tmp_path_factory.mktemp("home"), Sandbox(STACK, pack=None)
    with sandbox, session.server(sandbox.account, sandbox.role) as endpoint:
        yield check_out_with_plugins(home, REPLACED, **session.environment(endpoint, sandbox.region))


DEPLOY, VALUES, ROTATE = "docs/operations/deploy.md", "ENV_SETUP.md", "docs/operations/rotate.md"
CONFIG = "--policy-pack policies --policy-pack-config policy-config.json"


@pytest.fixture(scope="module")
def prepared(checkout: Checkout) -> Checkout:
    """Steps 2 to 6 of a first deployment."""
    checkout.type(DEPLOY, "python -m ops bootstrap --stack prod")
    checkout.type(DEPLOY, "python -m ops bootstrap --stack prod", "--apply")
    checkout.type(DEPLOY, "pulumi login 's3://aiponge-pulumi-ACCOUNT-eu-west-1?region=eu-west-1'")
    checkout.type(
        DEPLOY,
        "pulumi stack init prod --secrets-provider='awskms://alias/aiponge-pulumi?region=eu-west-1'",
    )
    said = checkout.type(DEPLOY, "python -m ops preflight --stack prod", code=1)
    obey(checkout, said)
    checkout.type(VALUES, "cp .env.example .env && chmod 600 .env")
    filled = (checkout.folder / ".env").read_text()
    for name in ("tmdb-read-access-token", "llm-api-key"):
        filled = filled.replace(f"your-{name}-here", f"eyJhbGciOiJ-{name}-7kQ2zR9xW4pL8vT3")
    (checkout.folder / ".env").write_text(filled)
    checkout.type(VALUES, "python -m ops import-env .env --stack cinematch-staging")
    checkout.type(VALUES, "python -m ops import-env .env --stack cinematch-staging --apply")
    checkout.type(VALUES, "rm .env")
    return checkout


def obey(checkout: Checkout, said: str) -> None:
    """Set what preflight asks for: the identity provider of GitHub, which bootstrap has created."""
    (line,) = re.findall(r"set delivery\.(oidcProviderArn: \S+)", said)
    path = checkout.folder / f"Pulumi.{STACK}.yaml"
    before, delivery, after = path.read_text().partition("  strongroom:delivery:\n")
    path.write_text(f"{before}{delivery}    {line}\n{after}")


@pytest.fixture(scope="module")
def deployed(prepared: Checkout) -> Checkout:
    """Step 7."""
    prepared.type(DEPLOY, "python -m settings.policy_config --stack prod > policy-config.json")
    prepared.type(DEPLOY, f"pulumi preview -s prod {CONFIG}")
    prepared.type(DEPLOY, f"pulumi up -s prod {CONFIG} --parallel 64", "--yes")
    return prepared


def test_a_first_deployment_ends_with_a_stack_that_verifies(deployed: Checkout) -> None:
    assert " checks, 0 findings" in deployed.type(DEPLOY, "python -m ops verify --stack prod")


def test_the_pages_of_values_and_of_the_deployment_show_the_same_update(deployed: Checkout) -> None:
    again = deployed.type(VALUES, f"pulumi up --stack cinematch-staging {CONFIG}", "--yes")
    assert " unchanged" in again
    assert "created" not in again


def test_the_resources_of_a_stack_are_listed_with_their_urns(deployed: Checkout) -> None:
    assert "urn:pulumi:cinematch-staging" in deployed.type(DEPLOY, "pulumi stack -s prod --show-urns")


def test_a_protected_resource_is_unprotected_by_its_urn(deployed: Checkout) -> None:
    listed = deployed.type(DEPLOY, "pulumi stack -s prod --show-urns")
    (urn,) = re.findall(r"urn:\S+::database-instance\b", listed)
    named = replace(deployed, replaced={**deployed.replaced, "URN": f"'{urn}'"})
    assert "unprotected" in named.type(DEPLOY, "pulumi state unprotect URN -s prod", "--yes")
