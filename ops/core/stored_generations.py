"""Reads the stores' generations from tags, and tells whether a stack file is older than they are."""

from __future__ import annotations

from collections.abc import Iterator

from ops.core.aws_state import AwsState, tags
from settings.store_state import (
    Retirement,
    StoredState,
    proofs_path,
    regressions,
    retirement,
    retirement_parameter,
    store_name,
    stored_state,
)


def stored_generations(aws: AwsState) -> dict[str, StoredState]:
    """The generations in the tags of the stack's secrets and parameters, by name; no value is read."""
    found = aws.list(
        "resourcegroupstaggingapi",
        "get_resources",
        "ResourceTagMappingList",
        TagFilters=[{"Key": key, "Values": [value]} for key, value in aws.settings.tags.items()],
        ResourceTypeFilters=["secretsmanager:secret", "ssm:parameter"],
    )
    states = {store_name(one["ResourceARN"]): stored_state(tags(one)) for one in found}
    return {name: state for name, state in states.items() if state is not None}


def older_file(aws: AwsState) -> Iterator[str]:
    """Why the program would refuse an update with this stack file: a message for each secret."""
    yield from regressions(aws.settings, stored_generations(aws), _retired(aws))


def _retired(aws: AwsState) -> dict[str, Retirement]:
    names = aws.names
    found = aws.list(
        "ssm",
        "get_parameters_by_path",
        "Parameters",
        Path=proofs_path(names),
        Recursive=True,
        WithDecryption=False,
    )
    texts = {one["Name"]: one["Value"] for one in found}
    proofs = {
        key: retirement(texts.get(retirement_parameter(names, key), "")) for key in aws.settings.secrets
    }
    return {key: proof for key, proof in proofs.items() if proof is not None}
