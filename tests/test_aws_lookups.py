"""Tests of the lookups: a wrong account or caller is refused before any resource is registered."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pulumi
import pulumi_aws as aws
import pytest

from aws_lookups import AwsFacts, look_up
from settings import Settings, read_stack_file
from settings.load import ConfigurationError
from settings.store_state import (
    GENERATION_TAG,
    KIDS_TAG,
    OLDEST_TAG,
    Retirement,
    retirement_parameter,
    retirement_text,
)
from tests.components.alone import with_secret
from tests.harness import deploy
from tests.program import lookups
from tests.settings.stack_files import accept

CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
TAGS = "aws:resourcegroupstaggingapi/getResources:getResources"
PROOFS = "aws:ssm/getParametersByPath:getParametersByPath"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret"


def surveyed(settings: Settings, preview: bool = False, **answers: dict[str, Any]) -> AwsFacts:
    found: list[AwsFacts] = []
    known = lookups(settings)
    if "caller" in answers:
        known[CALLER] = known[CALLER] | answers["caller"]
    known |= {token: answers[name] for token, name in ((TAGS, "tags"), (PROOFS, "proofs")) if name in answers}

    def program() -> None:
        found.append(look_up(settings, aws.Provider("aws", region=settings.region)))

    deploy(program, lookups=known, preview=preview)
    return found[0]


@pytest.mark.failure(17)
def test_credentials_of_another_account_are_refused_before_any_resource() -> None:
    with pytest.raises(ConfigurationError) as refused:
        surveyed(read_stack_file("prod"), caller={"accountId": "222222222222"})
    assert str(refused.value) == (
        "stack test is bound to account 111122223333, credentials are 222222222222: "
        "log in to 111122223333 or select another stack"
    )


def test_a_caller_that_could_not_mend_its_own_policies_is_refused() -> None:
    stranger = {"arn": "arn:aws:sts::111122223333:assumed-role/somebody/session"}
    with pytest.raises(ConfigurationError, match="matches none of them"):
        surveyed(read_stack_file("prod"), caller=stranger)


def test_a_bracket_in_a_pattern_admits_no_other_letter() -> None:
    settings = accept(("administrators", ["arn:aws:iam::111122223333:role/[!x]*"]))
    stranger = {"arn": "arn:aws:sts::111122223333:assumed-role/somebody/session"}
    with pytest.raises(ConfigurationError, match="matches none of them"):
        surveyed(settings, caller=stranger)


def test_a_preview_may_be_run_by_a_role_that_administers_nothing() -> None:
    stranger = {"arn": "arn:aws:sts::111122223333:assumed-role/aiponge-pulumi-plan/session"}
    assert surveyed(read_stack_file("prod"), preview=True, caller=stranger).zones


def test_a_role_with_a_path_is_recognised_by_its_session() -> None:
    session = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Administrator_0f/me@example.com"
    assert surveyed(read_stack_file("prod"), caller={"arn": session}).zones


def test_as_many_zones_are_used_as_the_stack_asks_for() -> None:
    assert surveyed(read_stack_file("staging")).zones == ("eu-west-1a", "eu-west-1b")


def test_an_excluded_zone_is_not_used() -> None:
    settings = accept(("network.azExclude", ["zone1-az1"]), ("network.azs", 2))
    assert surveyed(settings).zones == ("eu-west-1b", "eu-west-1c")


def tagged(arn: str, generation: int, oldest: int, kids: str = "") -> dict[str, Any]:
    tags = {GENERATION_TAG: str(generation), OLDEST_TAG: str(oldest), KIDS_TAG: kids}
    return {"resourceArn": arn, "tags": tags, "complianceDetails": []}


RING_ARN = f"{SECRET_ARN}:aiponge/entry-encryption-keyring-AbCdEf"


@pytest.mark.finding(1)
@pytest.mark.parametrize("preview", [True, False])
def test_every_generation_below_the_stores_is_refused_at_once(preview: bool) -> None:
    stored = [
        tagged(RING_ARN, 2, 1, "3=C 2=B 1=A"),
        tagged(f"{SECRET_ARN}:aiponge/redis-url-AbCdEf", 7, 6),
        {"resourceArn": f"{SECRET_ARN}:aiponge/jwt-secret-AbCdEf", "tags": {}, "complianceDetails": []},
    ]
    with pytest.raises(ConfigurationError) as refused:
        surveyed(read_stack_file("prod"), preview, tags={"resourceTagMappingLists": stored})
    first, second = str(refused.value).splitlines()
    assert first.startswith("secrets.entry-encryption-key.generation=1: the store has 2; this file is older")
    assert second.startswith("secrets.redis-url.generation=1: the store has 7;")
    assert first.endswith("pull the change")


def test_only_tags_of_this_application_and_environment_are_asked_for_and_no_value() -> None:
    settings, api = read_stack_file("prod"), aws.resourcegroupstaggingapi
    with (
        mock.patch.object(api, "get_resources", wraps=api.get_resources) as tags,
        mock.patch.object(aws.ssm, "get_parameters_by_path", wraps=aws.ssm.get_parameters_by_path) as proofs,
    ):
        surveyed(settings)
    assert tags.call_args.kwargs["tag_filters"] == [
        {"key": "App", "values": ["aiponge"]},
        {"key": "Env", "values": ["prod"]},
        {"key": "ManagedBy", "values": ["pulumi"]},
    ]
    assert tags.call_args.kwargs["resource_type_filters"] == ["secretsmanager:secret", "ssm:parameter"]
    assert proofs.call_args.kwargs["path"] == "/aiponge/prod/strongroom/retired"
    assert proofs.call_args.kwargs["with_decryption"] is False


@pytest.mark.parametrize(
    ("instance_type", "ubuntu", "path"),
    [
        ("t3.large", "24.04", "24.04/stable/current/amd64/hvm/ebs-gp3"),
        ("t4g.large", "24.04", "24.04/stable/current/arm64/hvm/ebs-gp3"),
        ("m7g.large", "22.04", "22.04/stable/current/arm64/hvm/ebs-gp2"),
    ],
)
def test_the_image_has_the_architecture_of_the_instance_type(
    instance_type: str, ubuntu: str, path: str
) -> None:
    changes = (("platform.instanceType", instance_type), ("platform.ubuntu", ubuntu))
    with mock.patch.object(aws.ssm, "get_parameter", wraps=aws.ssm.get_parameter) as image:
        surveyed(accept(*changes, stack="cinematch-production"))
    assert image.call_args.kwargs["name"] == f"/aws/service/canonical/ubuntu/server/{path}/ami-id"


@pytest.mark.finding(1)
@pytest.mark.parametrize(
    ("proof", "passes"),
    [
        (retirement_text(Retirement(2)), True),
        (retirement_text(Retirement(1)), False),
        ("{}", False),
        (None, False),
    ],
)
def test_a_key_leaves_its_ring_only_with_the_proof_of_its_retirement(proof: str | None, passes: bool) -> None:
    prod = read_stack_file("prod")
    settings = with_secret(prod, "entry-encryption-key", generation=2, min_generation=2)
    name = retirement_parameter(settings.names, "entry-encryption-key")
    proofs = {"names": [name] if proof else [], "values": [proof] if proof else []}
    stored = {"resourceTagMappingLists": [tagged(RING_ARN, 2, 1, "3=C 2=B 1=A")]}
    if passes:
        found = surveyed(settings, tags=stored, proofs=proofs)
        assert found.kids == {"entry-encryption-key": {1: "A", 2: "B", 3: "C"}}
        return
    with pytest.raises(ConfigurationError, match="there is no proof that no row needs it"):
        surveyed(settings, tags=stored, proofs=proofs)


@pytest.mark.failure(3)
def test_too_few_zones_in_the_region_are_named() -> None:
    settings = accept(("network.azs", 4))
    with pytest.raises(ConfigurationError, match=r"network.azs=4: region eu-west-1 offers eu-west-1a, "):
        surveyed(settings)


def test_a_pulumi_error_of_another_kind_is_not_dressed_up() -> None:
    with pytest.raises(AssertionError, match="unexpected lookup"):
        deploy(lambda: look_up(read_stack_file("prod"), pulumi.ProviderResource("aws", "x", {})), lookups={})
