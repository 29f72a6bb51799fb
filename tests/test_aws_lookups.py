"""The program asks before it declares: a wrong account or caller is refused before any resource exists."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from aws_lookups import AwsFacts, look_up
from settings import Settings, read_stack_file
from settings.load import ConfigurationError
from tests.harness import deploy
from tests.program import lookups
from tests.settings.stack_files import accept

CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


def surveyed(settings: Settings, preview: bool = False, **answers: dict[str, Any]) -> AwsFacts:
    found: list[AwsFacts] = []
    known = lookups(settings)
    if "caller" in answers:
        known[CALLER] = known[CALLER] | answers["caller"]

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
    settings = accept(("network.azExclude", ["az1"]), ("network.azs", 2))
    assert surveyed(settings).zones == ("eu-west-1b", "eu-west-1c")


@pytest.mark.failure(3)
def test_too_few_zones_in_the_region_are_named() -> None:
    settings = accept(("network.azs", 4))
    with pytest.raises(ConfigurationError, match=r"network.azs=4: region eu-west-1 offers eu-west-1a, "):
        surveyed(settings)


def test_a_pulumi_error_of_another_kind_is_not_dressed_up() -> None:
    with pytest.raises(AssertionError, match="unexpected lookup"):
        deploy(lambda: look_up(read_stack_file("prod"), pulumi.ProviderResource("aws", "x", {})), lookups={})
