"""Tests of the program: every shipped stack, no secret output, no dependency on a whole component."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pulumi
import pytest

from bench.critical_path import paths
from ops.checks.verify.secrets.leaks import spellings
from settings import read_stack_file
from settings.load import ConfigurationError, load, operator_values
from tests.harness import Deployment, deploy
from tests.program import ROOT, STACKS, config_of, run_program, shipped

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
    "SecretVersion",
    "SecretPolicy",
    "RolePolicy",
    "SecurityGroupIngressRule",
    "SecurityGroupEgressRule",
    "Route",
)
STORED = {"SecretVersion": "secretString", "aws:ssm/parameter:Parameter": "value"}
SECRET_NAMES = {
    "aiponge/database-url",
    "aiponge/entry-encryption-key",
    "aiponge/entry-encryption-keyring",
    "aiponge/internal-service-keyring",
    "aiponge/internal-service-secret",
    "aiponge/jwt-keyring",
    "aiponge/jwt-secret",
    "aiponge/redis-url",
}
HOLDING_DATA = ("Key", "aws:rds/instance:Instance", "ReplicationGroup", "aws:s3/bucket:Bucket", "Vault")


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def deployed(stack: str) -> Deployment:
    return shipped(stack)


def test_a_stack_gives_out_what_its_kind_promises(stack: str, deployed: Deployment) -> None:
    kind = OF_CONTAINERS if read_stack_file(stack).services else OF_A_HOST
    assert set(deployed.exports) == COMMON | kind


@pytest.mark.attack(4)
def test_no_output_is_secret(deployed: Deployment) -> None:
    assert deployed.secret_exports == frozenset()


@pytest.mark.attack(4)
def test_no_output_holds_a_value(deployed: Deployment) -> None:
    held = {
        one.name: one[key]
        for kind, key in STORED.items()
        for one in deployed.all(kind)
        if key in one.secrets and one[key]
    }
    assert held
    told = json.dumps(deployed.exports)
    assert [name for name, value in held.items() if any(form in told for form in spellings(value))] == []


def read_by_the_program(stack: str, encrypted: str) -> Deployment:
    """The values that a program reads from a stack file with one encrypted object."""

    def program() -> None:
        pulumi.runtime.set_all_config(config_of(stack), [encrypted])
        with (
            mock.patch.dict("os.environ", STRONGROOM_SANDBOX="1"),
            mock.patch.object(pulumi, "get_stack", return_value=stack),
        ):
            for name, value in operator_values(load()).items():
                pulumi.export(name, value)

    return deploy(program)


@pytest.mark.attack(4)
def test_what_an_operator_supplies_is_secret_from_its_first_reading_on() -> None:
    deployed = read_by_the_program("cinematch-production", "strongroom:values")
    assert deployed.secret_exports == set(deployed.exports) == {"tmdb-token", "llm-api-key"}


@pytest.mark.attack(4)
def test_an_encrypted_setting_is_refused_before_it_is_read_in_clear() -> None:
    with pytest.raises(ConfigurationError, match="network: encrypted values belong under strongroom:values"):
        read_by_the_program("cinematch-production", "strongroom:network")


def test_a_stack_previews_with_everything_unknown(stack: str) -> None:
    assert run_program(stack, preview=True).resources


@pytest.mark.parametrize("kind", REVOCABLE)
def test_values_and_permissions_are_never_protected(deployed: Deployment, kind: str) -> None:
    assert not [resource.name for resource in deployed.all(kind) if resource.protect]


@pytest.mark.parametrize("kind", HOLDING_DATA)
def test_what_holds_data_is_protected_in_every_environment(deployed: Deployment, kind: str) -> None:
    assert {resource.protect for resource in deployed.all(kind)} <= {True}


def test_secrets_are_protected_in_production(stack: str, deployed: Deployment) -> None:
    production = read_stack_file(stack).environment.production
    assert {resource.protect for resource in deployed.all("Secret")} <= {production}


def test_every_resource_comes_from_the_one_provider(deployed: Deployment) -> None:
    used = {r.provider.split("::")[-2] for r in deployed.resources if r.type.startswith("aws:")}
    assert used == {"aws"}


def test_the_provider_is_bound_to_one_account_and_region(stack: str, deployed: Deployment) -> None:
    settings, provider = read_stack_file(stack), deployed.only("pulumi:providers:aws")
    assert provider["allowedAccountIds"] == f'["{settings.account_id}"]'
    assert provider["region"] == settings.region


def test_nothing_waits_for_what_it_does_not_need(deployed: Deployment) -> None:
    assert paths(deployed, parallel=64).ratio <= 1.01


@pytest.mark.accepts("A21")
def test_only_load_balancers_and_nat_gateways_are_in_the_public_tier() -> None:
    prod = shipped("prod")
    public = {subnet.id for subnet in prod.all("Subnet") if subnet["tags"]["Tier"] == "public"}
    inside = {
        resource.type.rsplit(":", 1)[1]
        for resource in prod.resources
        if any(subnet in str(resource.inputs) for subnet in public)
    }
    assert inside <= {"NatGateway", "RouteTableAssociation", "LoadBalancer"}
    assert "NatGateway" in inside


def test_staging_protects_nothing_but_seeds_and_what_holds_data() -> None:
    protected = {one.type for one in shipped("staging").resources if one.protect}
    assert protected == {
        "random:index/randomPassword:RandomPassword",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:s3/bucket:Bucket",
    }


def test_a_stack_file_allows_the_replacement_of_single_resources() -> None:
    allowed = {"strongroom:allowReplace": ["database-instance", "values-jwt-secret-g1"]}
    protected = {one.name for one in run_program("staging", allowed).resources if one.protect}
    before = {one.name for one in shipped("staging").resources if one.protect}
    assert before - protected == {"database-instance"}


@pytest.mark.accepts("A31")
def test_outputs_carry_names_and_arns_of_secrets_and_no_value() -> None:
    prod = shipped("prod")
    assert (
        set(prod.exports["secretArns"]) == {secret["name"] for secret in prod.all("Secret")} == SECRET_NAMES
    )
    assert prod.secret_exports == frozenset()


@pytest.mark.accepts("A19", "A23")
def test_the_database_and_its_rotation_are_in_the_isolated_subnets_and_in_their_own_groups() -> None:
    prod = shipped("prod")
    isolated = {subnet.id for subnet in prod.all("Subnet") if subnet["tags"]["Tier"] == "isolated"}
    instance = prod.only("aws:rds/instance:Instance")
    assert set(prod.only("aws:rds/subnetGroup:SubnetGroup")["subnetIds"]) == isolated
    assert instance["vpcSecurityGroupIds"] == ["connections-rds-id"]
    inside = prod.named("rotation-rotate-function")["vpcConfig"]
    assert set(inside["subnetIds"]) == isolated
    assert inside["securityGroupIds"] == ["connections-rotate-id"]


def test_a_change_that_reaches_nobody_is_told() -> None:
    production = shipped("cinematch-production")
    dimensions = [one["dimensions"] for one in production.all("MetricAlarm") if "dimensions" in one.inputs]
    assert {"RuleName": "cinematch-parameter-changed"} in dimensions


@pytest.mark.accepts("B10")
@pytest.mark.attack(13)
@pytest.mark.parametrize("name", ["cinematch-production", "cinematch-staging"])
def test_nobody_gets_a_user_or_an_access_key(name: str) -> None:
    kinds = {one.type for one in shipped(name).resources}
    assert not {kind for kind in kinds if kind.startswith(("aws:iam/user", "aws:iam/accessKey"))}


@pytest.mark.accepts("B18", "B27")
@pytest.mark.parametrize("name", ["cinematch-production", "cinematch-staging"])
def test_without_ssh_there_is_no_private_key(name: str) -> None:
    names = [one["name"] for one in shipped(name).all("aws:ssm/parameter:Parameter")]
    assert not [one for one in names if "ssh" in one.removesuffix("deploy/sessionLogGroup")]


@pytest.mark.accepts("B54")
@pytest.mark.parametrize("name", ["cinematch-production", "cinematch-staging"])
def test_the_docker_hub_token_is_nowhere_in_aws(name: str) -> None:
    names = [one["name"] for one in shipped(name).all("aws:ssm/parameter:Parameter")]
    assert not [one for one in names if "token" in one and "tmdb" not in one]


def test_the_host_is_in_the_private_subnets_in_its_own_group_behind_the_target_group() -> None:
    production = shipped("cinematch-production")
    group = production.only("aws:autoscaling/group:Group")
    assert set(group["vpcZoneIdentifiers"]) == {
        f"{one.name}-id" for one in production.all("Subnet") if "private" in one.name
    }
    assert [arn.rsplit(":", 1)[1] for arn in group["targetGroupArns"]] == ["edge-targets"]
    (interface,) = production.only("LaunchTemplate")["networkInterfaces"]
    assert interface["securityGroups"] == ["connections-host-id"]


def test_a_stack_without_an_audit_has_no_part_of_it() -> None:
    deployed = run_program("prod", {"strongroom:audit": None})
    assert [one.name for one in deployed.resources if one.name.startswith(("audit", "keys-audit"))] == []
    assert [one.name for one in deployed.all("MetricAlarm") if one.name.startswith("monitoring-C")] == []


@pytest.mark.accepts("A33")
def test_readers_wait_for_the_first_value_of_the_database_url_and_not_for_the_schedule() -> None:
    prod = shipped("prod")
    wait, schedule = prod.only("Invocation").urn, prod.only("SecretRotation").urn
    for service in prod.all("aws:ecs/service:Service"):
        assert wait in service.depends_on
        assert schedule not in service.depends_on


def test_a_stack_without_a_database_url_rotates_nothing() -> None:
    functions = {one["name"] for one in shipped("cinematch-production").all("aws:lambda/function:Function")}
    assert functions == {
        f"cinematch-{what}" for what in ("check-restored-database", "validate-restore", "publish-ages")
    }


@pytest.mark.accepts("A42", "A43")
def test_a_stack_without_backups_has_no_part_of_them(stack: str, deployed: Deployment) -> None:
    parts = {one.type.split("/")[0] for one in deployed.resources if one.name.startswith("backup")}
    assert ("aws:backup" in parts) is read_stack_file(stack).environment.production


@pytest.mark.attack(10)
@pytest.mark.parametrize("path", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_a_shipped_stack_file_names_no_passphrase_and_no_secrets_provider(path: Path) -> None:
    text = path.read_text()
    assert "encryptionsalt:" not in text
    assert "secretsprovider:" not in text
