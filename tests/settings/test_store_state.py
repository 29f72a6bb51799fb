"""Tests of comparing the generations in the stores with those in a stack file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import Settings, read_stack_file
from settings.store_state import (
    GENERATION_TAG,
    KIDS_TAG,
    OLDEST_TAG,
    TAG_CHARACTERS,
    Retirement,
    StoredState,
    kids_tag,
    regressions,
    retirement,
    retirement_text,
    state_tags,
    store_name,
    stored_state,
)

KEY, RING, PLAIN = "entry-encryption-key", "aiponge/entry-encryption-keyring", "aiponge/entry-encryption-key"
KID = "ABCDEFGHJKLM"


def declared(key: str = KEY, **fields: Any) -> Settings:
    settings = read_stack_file("staging")
    secret = settings.secrets[key].model_copy(update=fields)
    return settings.model_copy(update={"secrets": {**settings.secrets, key: secret}})


def state(generation: int, oldest: int = 1, *, following: int | None = None) -> StoredState:
    after = following or generation + 1
    return StoredState(generation, oldest, dict.fromkeys((*range(oldest, generation + 1), after), KID))


def refused(
    settings: Settings, stored: Mapping[str, StoredState], oldest_proved: int | None = None
) -> list[str]:
    proofs = {KEY: Retirement(oldest_proved)} if oldest_proved else {}
    return list(regressions(settings, stored, proofs))


def test_a_first_deployment_is_compared_with_nothing() -> None:
    assert refused(declared(), {}) == []


def test_the_same_generation_is_accepted() -> None:
    assert refused(declared(generation=3), {RING: state(3), PLAIN: state(3)}) == []


def test_a_higher_generation_is_accepted() -> None:
    assert refused(declared(generation=4), {RING: state(3), PLAIN: state(3)}) == []


def test_a_lower_generation_is_refused_with_both_numbers() -> None:
    (found,) = refused(declared(generation=5), {RING: state(6)})
    assert found.startswith("secrets.entry-encryption-key.generation=5: the store has 6;")
    assert found.endswith("pull the change")


def test_a_lower_generation_of_a_secret_without_a_ring_is_refused() -> None:
    stored = {"aiponge/redis-url": StoredState(2, 1, {})}
    (found,) = refused(declared("redis-url", generation=1), stored)
    assert "generation=1: the store has 2" in found


def test_a_raised_min_generation_is_refused_without_proof() -> None:
    (found,) = refused(declared(generation=3, min_generation=3), {RING: state(3)})
    assert "generation 1, 2, which this file drops" in found


def test_a_raised_min_generation_is_accepted_with_its_proof() -> None:
    assert refused(declared(generation=3, min_generation=3), {RING: state(3)}, 3) == []


def test_a_proof_of_less_than_what_is_dropped_is_not_enough() -> None:
    (found,) = refused(declared(generation=3, min_generation=3), {RING: state(3)}, 2)
    assert "generation 2, which" in found


def test_a_revoked_generation_that_was_current_is_refused_without_proof() -> None:
    (found,) = refused(declared(generation=3, revoked=(2,)), {RING: state(3)})
    assert "generation 2, which this file drops" in found


def test_a_revoked_next_generation_that_was_never_current_is_accepted() -> None:
    assert refused(declared(generation=3, revoked=(4,)), {RING: state(3)}) == []


def test_a_file_from_before_a_revocation_is_refused() -> None:
    (found,) = refused(declared(generation=3), {RING: state(3, following=5)})
    assert "the next generation would be 4, the store has 5" in found


@pytest.mark.parametrize("generation", [5, 6])
def test_a_file_from_before_a_revocation_is_refused_at_a_higher_generation(generation: int) -> None:
    stored = {RING: StoredState(5, 1, dict.fromkeys((1, 2, 3, 5, 6), KID))}
    (found,) = refused(declared(generation=generation), stored)
    assert "revoked: generation 4 would be generated again, the store dropped it" in found
    assert found.endswith("pull the change")


def test_a_generation_before_those_that_fit_into_a_tag_is_accepted() -> None:
    stored = {RING: StoredState(5, 1, dict.fromkeys((4, 5, 6), KID))}
    assert refused(declared(generation=5), stored) == []


def test_a_jump_over_generations_keeps_all_that_the_store_has() -> None:
    assert refused(declared(generation=9), {RING: state(3)}) == []


def test_a_file_from_before_a_retirement_is_refused() -> None:
    (found,) = refused(declared(generation=3), {RING: state(3, oldest=2)})
    assert "minGeneration=1: generation 1 would be generated again, the oldest in the store is 2" in found
    assert found.endswith("pull the change")


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf",
            "aiponge/jwt-secret",
        ),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:a:b-AbCdEf", "a:b"),
        ("arn:aws:ssm:eu-west-1:111122223333:parameter/app/prod/key", "/app/prod/key"),
        ("arn:aws:ssm:eu-west-1:111122223333:parameter/key", "/key"),
    ],
)
def test_a_name_in_the_store_is_read_from_an_arn(arn: str, name: str) -> None:
    assert store_name(arn) == name


def test_tags_are_read_as_they_were_written() -> None:
    secret = declared(generation=3, min_generation=2).secrets[KEY]
    tags = {**state_tags(secret), KIDS_TAG: kids_tag(dict.fromkeys(secret.alive, KID))}
    assert tags[GENERATION_TAG] == "3"
    assert tags[OLDEST_TAG] == "2"
    assert stored_state(tags) == StoredState(3, 2, {2: KID, 3: KID, 4: KID})


@pytest.mark.parametrize(
    "tags", [{}, {GENERATION_TAG: "x", OLDEST_TAG: "1"}, {GENERATION_TAG: "1"}, {KIDS_TAG: "1=A"}]
)
def test_tags_that_are_not_ours_say_nothing(tags: dict[str, str]) -> None:
    assert stored_state(tags) is None


@given(st.sets(st.integers(1, 10_000), min_size=1, max_size=60))
def test_a_tag_of_kids_fits_and_holds_the_newest(generations: set[int]) -> None:
    text = kids_tag(dict.fromkeys(generations, KID))
    assert len(text) <= TAG_CHARACTERS
    assert text.startswith(f"{max(generations)}={KID}")


def test_a_proof_is_read_as_it_was_written() -> None:
    assert retirement(retirement_text(Retirement(5))) == Retirement(5)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"schema": 2, "oldest": 1}', '{"schema": 1, "oldest": true}', "[" * 99_999]
)
def test_a_text_that_is_no_proof_proves_nothing(text: str) -> None:
    assert retirement(text) is None
