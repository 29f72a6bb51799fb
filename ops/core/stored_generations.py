"""Reads the stores' generations from tags, and reports where a stack file is older than they are."""

from __future__ import annotations

from collections.abc import Iterator

from ops.core.aws_state import AwsState, tags
from ops.core.secret_stores import store_of
from settings.schema.secrets import SecretSettings
from settings.store_state import (
    STORED_TYPES,
    Retirement,
    StoredState,
    proofs_path,
    regressions,
    retirements,
    stored_state,
    stored_states,
)

PENDING = "an update is pending: run `pulumi up` from the checkout with the latest stack file first"


def stored_generations(aws: AwsState) -> dict[str, StoredState]:
    """The generations in the tags of the stack's secrets and parameters, by name; no value is read."""
    found = aws.list(
        "resourcegroupstaggingapi",
        "get_resources",
        "ResourceTagMappingList",
        TagFilters=[{"Key": key, "Values": [value]} for key, value in aws.settings.tags.items()],
        ResourceTypeFilters=list(STORED_TYPES),
    )
    return stored_states((one["ResourceARN"], tags(one)) for one in found)


def other_numbers(aws: AwsState, secret: SecretSettings) -> Iterator[str]:
    """Why no operation on a secret may be planned from this stack file: the stores have other generations.

    The tags of the secret itself are read from it and are current; the tagging API may be seconds behind.
    """
    state = stored_state(store_of(aws, secret).tags(secret.name))
    if state is not None and state.generation != secret.generation:
        yield (
            f"{secret.name}: generation {state.generation} is in the store, declared is {secret.generation}: "
            f"{PENDING}"
        )
    yield from older_file(aws)


def older_file(aws: AwsState) -> Iterator[str]:
    """One message for each secret because of which the program would refuse an update by this stack file."""
    yield from regressions(aws.settings, stored_generations(aws), _retired(aws))


def _retired(aws: AwsState) -> dict[str, Retirement]:
    found = aws.list(
        "ssm",
        "get_parameters_by_path",
        "Parameters",
        Path=proofs_path(aws.names),
        Recursive=True,
        WithDecryption=False,
    )
    return retirements(aws.settings, {one["Name"]: one["Value"] for one in found})
