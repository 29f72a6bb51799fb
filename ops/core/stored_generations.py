"""Reads the stores' generations from tags, and reports where a stack file is older than they are."""

from __future__ import annotations

from collections.abc import Iterator

from ops.core.aws_state import AwsState, tags
from settings.store_state import (
    STORED_TYPES,
    Retirement,
    StoredState,
    proofs_path,
    regressions,
    retirements,
    stored_states,
)


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
