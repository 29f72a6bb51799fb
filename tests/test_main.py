"""Each shipped stack comes from the same short program, gives out no secret and waits for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.critical_path import paths
from settings import read_stack_file
from tests.harness import Deployment
from tests.program import ROOT, STACKS, run_program, shipped

COMMON = {
    "contractVersion",
    "environment",
    "region",
    "accountId",
    "vpcId",
    "secretArns",
    "logGroups",
    "alarmTopicArn",
    "dashboardUrl",
    "databaseEndpoint",
    "deployRoleArn",
}
OF_CONTAINERS = {"clusterName", "services", "oneOffTasks", "albDnsName", "apiUrl", "redisEndpoint"}
OF_A_HOST = {
    "instanceTag",
    "deployDocument",
    "updateDocument",
    "parameterPath",
    "appDir",
    "repositoryUrl",
    "siteUrl",
    "sessionLogGroup",
}
REVOCABLE = (
    "RandomPassword",
    "SecretVersion",
    "SecretPolicy",
    "RolePolicy",
    "SecurityGroupIngressRule",
    "SecurityGroupEgressRule",
    "Route",
)
PRECIOUS = ("Key", "Secret", "aws:rds/instance:Instance", "ReplicationGroup")


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def deployed(stack: str) -> Deployment:
    return shipped(stack)


def test_the_program_is_short_enough_to_be_read_as_a_diagram() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) < 80


def test_a_stack_gives_out_what_its_kind_promises(stack: str, deployed: Deployment) -> None:
    kind = OF_CONTAINERS if read_stack_file(stack).services else OF_A_HOST
    assert set(deployed.exports) == COMMON | kind


@pytest.mark.attack(4)
def test_no_output_is_secret(deployed: Deployment) -> None:
    assert deployed.secret_exports == frozenset()


def test_a_stack_previews_with_everything_unknown(stack: str) -> None:
    assert run_program(stack, preview=True).resources


@pytest.mark.parametrize("kind", REVOCABLE)
def test_values_and_permissions_are_never_protected(deployed: Deployment, kind: str) -> None:
    assert not [resource.name for resource in deployed.all(kind) if resource.protect]


@pytest.mark.parametrize("kind", PRECIOUS)
def test_what_cannot_be_made_again_is_protected_in_production(
    stack: str, deployed: Deployment, kind: str
) -> None:
    production = read_stack_file(stack).environment.production
    assert {resource.protect for resource in deployed.all(kind)} <= {production}


def test_every_resource_comes_from_the_one_provider(deployed: Deployment) -> None:
    used = {r.provider.split("::")[-2] for r in deployed.resources if r.type.startswith("aws:")}
    assert used == {"aws"}


def test_the_provider_is_bound_to_one_account_and_region(stack: str, deployed: Deployment) -> None:
    settings, provider = read_stack_file(stack), deployed.only("pulumi:providers:aws")
    assert provider["allowedAccountIds"] == f'["{settings.account_id}"]'
    assert provider["region"] == settings.region


def test_nothing_waits_for_what_it_does_not_need(deployed: Deployment) -> None:
    assert paths(deployed, parallel=64).ratio <= 1.01


@pytest.mark.attack(10)
@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_a_shipped_stack_file_names_no_passphrase_and_no_secrets_provider(path: Path) -> None:
    text = path.read_text()
    assert "encryptionsalt:" not in text
    assert "secretsprovider:" not in text
