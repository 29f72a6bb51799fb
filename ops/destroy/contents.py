"""Finds and deletes what keeps AWS from deleting a bucket or an image repository: objects and images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import ClientError

from ops.core import answers
from ops.core.context import StackContext
from ops.core.session import error_code
from ops.core.updater import Deployed
from ops.destroy.deletion import BUCKET, REPOSITORY

Lock = Literal["", "GOVERNANCE", "COMPLIANCE"]
IMAGES = 100
"""How many images one call deletes."""


@dataclass(frozen=True)
class Content:
    """A bucket or repository that is not empty."""

    of: Deployed
    name: str
    lock: Lock = ""
    """The default retention mode of a bucket with Object Lock."""

    @property
    def kind(self) -> str:
        """``bucket`` or ``image repository``."""
        return "bucket" if self.of.type == BUCKET else "image repository"

    @property
    def deletable(self) -> bool:
        """Whether its content can be deleted: in COMPLIANCE mode nobody deletes an object before its time."""
        return self.lock != "COMPLIANCE"


def contents(context: StackContext, resources: Sequence[Deployed]) -> Iterator[Content]:
    """Every bucket and repository of the stack that holds something."""
    for one in resources:
        if one.type == BUCKET and _holds(context, one.id):
            yield Content(one, one.id, _lock(context, one.id))
        elif one.type == REPOSITORY and _images(context, one.id):
            yield Content(one, one.id)


def empty(context: StackContext, content: Content) -> None:
    """Delete every object version, delete marker or image; :class:`Stop` names what AWS did not delete."""
    if content.of.type == BUCKET:
        _empty_bucket(context, content)
    else:
        _empty_repository(context, content.name)


def _pages_of_versions(context: StackContext, bucket: str) -> Iterator[list[dict[str, str]]]:
    """Key and version ID of the object versions and delete markers, in pages of up to 1,000."""
    for page in answers.each_page(context.aws.client("s3"), "list_object_versions", Bucket=bucket):
        yield [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]


def _holds(context: StackContext, bucket: str) -> bool:
    try:
        return any(_pages_of_versions(context, bucket))
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":
            raise
        return False


def _lock(context: StackContext, bucket: str) -> Lock:
    answer = context.aws.of_bucket("get_object_lock_configuration", bucket)
    rule = answer.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    return rule.get("Mode", "")


def _empty_bucket(context: StackContext, content: Content) -> None:
    bypass = {"BypassGovernanceRetention": True} if content.lock == "GOVERNANCE" else {}
    for page in _pages_of_versions(context, content.name):
        if page:
            answers.delete_versions(context.aws.client("s3"), content.name, page, **bypass)


def _empty_repository(context: StackContext, repository: str) -> None:
    images = _images(context, repository)
    for start in range(0, len(images), IMAGES):
        answers.delete_images(context.aws.client("ecr"), repository, images[start : start + IMAGES])


def _images(context: StackContext, repository: str) -> list[dict[str, str]]:
    """The digest of every image."""
    client = context.aws.client("ecr")
    try:
        found = answers.listed(client, "list_images", "imageIds", repositoryName=repository)
    except ClientError as error:
        if error_code(error) != "RepositoryNotFoundException":
            raise
        return []
    return [{"imageDigest": digest} for digest in sorted({one["imageDigest"] for one in found})]
