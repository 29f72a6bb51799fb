"""Builds the secret stores of a stack alone, with values that name their secret and generation."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi

from components.secrets import Secrets, SecretsArgs, Values
from settings import Settings, read_stack_file
from settings.grants import grants
from settings.store_state import kids_tag
from tests.components.alone import build, protected
from tests.components.stand_ins import key_arn, standing_in
from tests.harness import Deployment


@cache
def secrets(stack: str = "prod") -> Deployment:
    """The secret stores of a shipped stack."""
    return secrets_of(read_stack_file(stack))


def secrets_of(settings: Settings) -> Deployment:
    """The secret stores of any settings; returns their outputs."""

    def program() -> dict[str, Any]:
        url = {settings.cache.url_secret: pulumi.Output.secret("rediss://stand-in")} if settings.cache else {}
        stored = Secrets(
            "secrets",
            SecretsArgs(
                names=settings.names,
                grants=grants(settings),
                values=values(settings),
                key_arn=key_arn("secrets"),
                urls=url,
            ),
            protected(settings),
        )
        return {"arns": stored.arns, "ready": [one.urn for one in stored.ready]}

    return build(program)


def value(key: str, generation: int) -> str:
    """The value of one generation."""
    return f"sample-of-{key}-{generation}-for-tests-only"


def kids(settings: Settings, key: str) -> dict[int, str]:
    """The fingerprints of a ring's keys, by generation."""
    return {generation: f"KID{generation:09}" for generation in settings.secrets[key].alive}


def values(settings: Settings) -> Values:
    """The values of every declared secret except those that the rotation creates."""
    owned = {key: one for key, one in settings.secrets.items() if not one.rotated_by_function}
    ringed = [key for key, one in owned.items() if one.keyring]
    return standing_in(
        current={key: pulumi.Output.secret(value(key, one.generation)) for key, one in owned.items()},
        previous={
            key: pulumi.Output.secret(value(key, one.generation - 1))
            for key, one in owned.items()
            if one.generation - 1 in one.alive
        },
        rings={key: pulumi.Output.secret(f"ring of {key}") for key in ringed},
        kids={key: pulumi.Output.from_input(kids_tag(kids(settings, key))) for key in ringed},
    )
