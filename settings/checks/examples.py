"""Finds the example values of the shipped stack files, which must be replaced before a real deployment."""

from __future__ import annotations

from collections.abc import Iterator

from settings.schema.stack import Settings

ACCOUNT_ID = "111122223333"
DOMAIN = "example.com"
OWNER = "example-org"
OWNER_ID, REPOSITORY_ID = 1000001, 2000002


def examples_in(settings: Settings) -> Iterator[str]:
    """One line for each example value in the stack file, with its path and the remedy."""
    if settings.account_id == ACCOUNT_ID:
        yield f"accountId={ACCOUNT_ID} is an example: set the account of this environment"
    for arn in settings.administrators:
        if f":{ACCOUNT_ID}:" in arn:
            yield f"administrators: {arn} is in the example account: name roles of your own account"
    for path, value in (
        ("edge.certificateArn", (settings.edge and settings.edge.certificate_arn) or ""),
        ("edge.domain", (settings.edge and settings.edge.domain) or ""),
        ("monitoring.email", settings.monitoring.email or ""),
    ):
        if value.endswith(DOMAIN) or ACCOUNT_ID in value:
            yield f"{path}={value} is an example: set your own"
    host = settings.host
    if host is not None and host.repository.startswith(f"{OWNER}/"):
        yield f"platform.repository={host.repository} is an example: set your own"
    delivery = settings.delivery
    if delivery is not None:
        if delivery.owner == OWNER:
            yield f"delivery.owner={OWNER} is an example: set your GitHub organisation"
        for path, value, example in (
            ("delivery.ownerId", delivery.owner_id, OWNER_ID),
            ("delivery.repositoryId", delivery.repository_id, REPOSITORY_ID),
        ):
            if value == example:
                yield f"{path}={value} is an example: `gh api repos/OWNER/REPO` prints the real id"
