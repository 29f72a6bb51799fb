"""The trail's S3 bucket: private, access logged, written to for this account only, no deletion."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.lib.iam import access, documents, principals
from rules.lib.resource_types import BUCKET, BUCKET_POLICY, KMS_KEY, TRAIL
from rules.lib.s3_buckets import is_logged, policies
from rules.pack.graph import Stack
from rules.pack.rule import M, Resource, stack_rule

_BALANCERS = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Writes for an account below its id only; AWS documents no source condition for it."""
_DELETION = ("s3:DeleteObject", "s3:DeleteObjectVersion")
_WRITERS = ("cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com", _BALANCERS)
_OF_ONE_ACCOUNT = re.compile(r".*/AWSLogs/\d{12}/.*", re.DOTALL)


def _private(trail: Resource, stack: Stack) -> Iterator[str]:
    for bucket in stack.refers(trail, "s3BucketName", BUCKET):
        if not is_logged(bucket, stack):
            yield "server access logging of its bucket is off"
        if any(map(access.public, policies(bucket, stack))):
            yield "its bucket is public"


def _on_behalf(one: Resource, _: Stack) -> Iterator[str]:
    for statement in documents.allows(one.props.get("policy")):
        spared = principals.services(statement) - set(_WRITERS)
        if _names_account(statement):
            spared.add(_BALANCERS)
        if access.is_for_any_account(statement, spared):
            yield "a service may write on behalf of any account (no aws:SourceArn or aws:SourceAccount)"
        if one.type == BUCKET_POLICY and statement.covers_any(_DELETION):
            yield "a bucket policy allows s3:DeleteObject"


def _names_account(statement: documents.Statement) -> bool:
    """Whether every resource is a path below one account's id."""
    return bool(statement.resources) and all(map(_OF_ONE_ACCOUNT.fullmatch, statement.resources))


RULES = [
    stack_rule(
        "trail-bucket-private",
        M,
        TRAIL,
        "The trail's bucket is not public and has server access logging.",
        "add a BucketLogging, and name the principals in the bucket policy",
        finds=_private,
    ),
    stack_rule(
        "own-trail-permissions",
        M,
        (BUCKET_POLICY, KMS_KEY),
        "Services write logs for the stack's own account only, and no bucket policy allows deletion.",
        "set aws:SourceArn or aws:SourceAccount (load balancers: a path below AWSLogs/<account id>/);"
        " allow no s3:DeleteObject",
        finds=_on_behalf,
    ),
]
