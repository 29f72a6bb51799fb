"""Compares the generations that a stack file declares with those that the secret stores already have.

The generations are in tags of each secret and parameter, so that no value is read; ``ops retire``
stores the proof that a key can be removed as a parameter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from settings.grants import entries
from settings.names import Names
from settings.schema import aws_limits
from settings.schema.secrets import SecretSettings
from settings.schema.stack import Settings

GENERATION_TAG = "strongroom:generation"
OLDEST_TAG = "strongroom:oldest-generation"
KIDS_TAG = "strongroom:kids"
"""``5=ABCDEFGHJKLM 6=...``: the fingerprint of each key of the ring; the newest ones where not all fit."""
TAG_CHARACTERS = aws_limits.TAG_VALUE.value
STORED_TYPES = ("secretsmanager:secret", "ssm:parameter")
"""The resource types that carry these tags, as the tagging API names them."""
_SCHEMA = 1
_SUFFIX_CHARACTERS = len("-AbCdEf")
"""What Secrets Manager appends to a secret's name in its ARN."""


@dataclass(frozen=True)
class StoredState:
    """The generations of one secret, as its tags record them."""

    generation: int
    oldest: int
    kids: Mapping[int, str]

    @property
    def next_generation(self) -> int | None:
        """The generation that is published ahead of the current one; None where the secret has no ring."""
        above = [generation for generation in self.kids if generation > self.generation]
        return max(above, default=None)

    def dropped(self, generation: int) -> bool:
        """Whether the ring lacks a generation although it has earlier and later ones: it was revoked."""
        return (
            bool(self.kids) and min(self.kids) < generation < max(self.kids) and generation not in self.kids
        )


@dataclass(frozen=True)
class Retirement:
    """The record that no data needs the generations before ``oldest`` any more."""

    oldest: int


def state_tags(secret: SecretSettings) -> dict[str, str]:
    """The tags of a generated secret that do not depend on its values."""
    return {GENERATION_TAG: str(secret.generation), OLDEST_TAG: str(secret.alive[0])}


def kids_tag(kids: Mapping[int, str]) -> str:
    """The value of ``KIDS_TAG``: as many of the newest keys as fit into a tag."""
    text = ""
    for generation, kid in sorted(kids.items(), reverse=True):
        longer = f"{text} {generation}={kid}".lstrip()
        if len(longer) > TAG_CHARACTERS:
            break
        text = longer
    return text


def stored_state(tags: Mapping[str, str]) -> StoredState | None:
    """Parse the tags of a secret; None where they are not of this program, or incomplete."""
    try:
        kids = dict(pair.split("=", 1) for pair in tags.get(KIDS_TAG, "").split())
        return StoredState(
            int(tags[GENERATION_TAG]),
            int(tags[OLDEST_TAG]),
            {int(generation): kid for generation, kid in kids.items()},
        )
    except (KeyError, ValueError):
        return None


def store_name(arn: str) -> str:
    """The name in its store of the secret or parameter with this ARN."""
    kind, _, name = arn.split(":", 5)[5].partition(":")
    if kind == "secret":
        return name[:-_SUFFIX_CHARACTERS]
    return kind.removeprefix("parameter")


def proofs_path(names: Names) -> str:
    """The parameter path of the proofs of ``ops retire``."""
    return names.parameter("strongroom/retired")


def retirement_parameter(names: Names, key: str) -> str:
    """The name of the parameter with the proof for one secret."""
    return f"{proofs_path(names)}/{key}"


def retirement_text(retirement: Retirement) -> str:
    """The value of that parameter."""
    return json.dumps({"schema": _SCHEMA, "oldest": retirement.oldest})


def retirement(text: str) -> Retirement | None:
    """Parse the proof in a parameter's value; None where it is not one."""
    try:
        match json.loads(text):
            case {"schema": 1, "oldest": int(oldest)} if not isinstance(oldest, bool):
                return Retirement(oldest)
    except (ValueError, RecursionError):
        pass
    return None


def stored_states(tagged: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, StoredState]:
    """The generations of the secrets and parameters with these ARNs and tags, by name in the store."""
    states = {store_name(arn): stored_state(tags) for arn, tags in tagged}
    return {name: state for name, state in states.items() if state is not None}


def retirements(settings: Settings, texts: Mapping[str, str]) -> dict[str, Retirement]:
    """The proofs among the values of the parameters below ``proofs_path``, by the secret's short name."""
    proofs = {
        key: retirement(texts.get(retirement_parameter(settings.names, key), "")) for key in settings.secrets
    }
    return {key: proof for key, proof in proofs.items() if proof is not None}


def regressions(
    settings: Settings, stored: Mapping[str, StoredState], retired: Mapping[str, Retirement]
) -> Iterator[str]:
    """One error for each secret that an update would set back, or whose key it would delete.

    ``stored`` is by name in the store, ``retired`` by the secret's short name.
    """
    for entry in entries(settings):
        state = stored.get(entry.store_name)
        if state is None or not entry.secret.generated or entry.holds == "previous":
            continue
        yield from _set_back(entry.key, entry.secret, state)
        if entry.ring:
            yield from _lost(entry.key, entry.secret, state, retired.get(entry.key))


def other_key(key: str, generation: int, *, derived: str, stored: str | None) -> str | None:
    """Why an update must not write the key that the state derives for a generation; None where it may.

    ``stored`` is the fingerprint of the generation's key in the store, ``None`` where the store has none.
    """
    if stored in (None, derived):
        return None
    return (
        f"secrets.{key}: generation {generation} is the key {stored} in the store and {derived} from this "
        "state: the state is older than the store, or lost the seed. Nothing was changed: restore the newest "
        "version of the state, then preview again"
    )


def _set_back(key: str, secret: SecretSettings, state: StoredState) -> Iterator[str]:
    pull = "this file is older than the last update of the stack: pull the change"
    if secret.generation < state.generation:
        yield f"secrets.{key}.generation={secret.generation}: the store has {state.generation}; {pull}"
    elif secret.generation == state.generation and (state.next_generation or 0) > secret.next_generation:
        yield (
            f"secrets.{key}.revoked: the next generation would be {secret.next_generation}, the store has "
            f"{state.next_generation}; {pull}"
        )
    elif secret.alive[0] < state.oldest:
        yield (
            f"secrets.{key}.minGeneration={secret.min_generation}: generation {secret.alive[0]} would be "
            f"generated again, the oldest in the store is {state.oldest}; {pull}"
        )
    elif again := [generation for generation in secret.alive if state.dropped(generation)]:
        yield (
            f"secrets.{key}.revoked: generation {', '.join(map(str, again))} would be generated again, "
            f"the store dropped it; {pull}"
        )


def _lost(key: str, secret: SecretSettings, state: StoredState, proof: Retirement | None) -> Iterator[str]:
    proved = proof.oldest if proof else 0
    kept = frozenset(secret.alive)
    lost = [
        generation
        for generation in sorted({state.oldest, state.generation, *state.kids})
        if state.oldest <= generation <= state.generation and generation not in kept and generation >= proved
    ]
    if lost and secret.generation >= state.generation:
        names = ", ".join(map(str, lost))
        yield (
            f"secrets.{key}: the store has generation {names}, which this file drops, and there is no proof "
            f"that no row needs it: undo the change of minGeneration or revoked, run `ops retire {key}`"
        )
