"""Checks the ECR repositories: immutable tags, scanning on push and encryption."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.ecs.tasks import platform_of
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState


@check("images", "A51")
def images(aws: AwsState) -> Iterator[Problem]:
    """Each service and tool has a repository: immutable, scanned on push, encrypted with the data key."""
    if not platform_of(aws):
        return
    prefix = f"{aws.names.prefix}/"
    there = {
        one["repositoryName"]: one
        for one in aws.list("ecr", "describe_repositories", "repositories")
        if one["repositoryName"].startswith(prefix)
    }
    for service in (*aws.settings.services, *aws.settings.tools):
        one, subject = there.get(f"{prefix}{service}"), f"repository {prefix}{service}"
        if one is None:
            yield Problem(subject, "does not exist", BY_PROGRAM)
            continue
        if one.get("imageTagMutability") != "IMMUTABLE":
            yield Problem(subject, "its tags are mutable", BY_PROGRAM)
        if not one.get("imageScanningConfiguration", {}).get("scanOnPush"):
            yield Problem(subject, "scan on push is off", BY_PROGRAM)
        if not aws.is_key(one.get("encryptionConfiguration", {}).get("kmsKey"), "data"):
            yield Problem(subject, f"is not encrypted with {aws.names.key_alias('data')}", BY_PROGRAM)
