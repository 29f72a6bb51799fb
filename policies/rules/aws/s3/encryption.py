"""S3 buckets: default encryption and versioning."""

from __future__ import annotations

from rules.lib.resource_types import BUCKET, BUCKET_ENCRYPTION, BUCKET_VERSIONING
from rules.lib.s3_buckets import (
    algorithms,
    encryption_defaults,
    has_versioning,
    is_versioned,
    takes_access_logs,
    versioning,
)
from rules.pack.graph import Stack
from rules.pack.properties import own_key
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

KMS_ALGORITHMS = frozenset({"aws:kms", "aws:kms:dsse"})
_ALGORITHMS = KMS_ALGORITHMS | {"AES256"}


def _kms(bucket: Resource, stack: Stack) -> bool:
    found = algorithms(bucket, stack)
    return takes_access_logs(bucket, stack) or (bool(found) and all(one in KMS_ALGORITHMS for one in found))


RULES = [
    stack_rule(
        "s3-encrypted",
        M,
        BUCKET,
        "A bucket's default encryption uses a known algorithm.",
        'set sse_algorithm to "aws:kms" or "AES256"',
        holds=lambda bucket, stack: all(one in _ALGORITHMS for one in algorithms(bucket, stack)),
    ),
    stack_rule(
        "s3-kms",
        P,
        BUCKET,
        "A bucket is encrypted with KMS (except for access logs, which S3 cannot deliver to such a bucket).",
        'set sse_algorithm="aws:kms" with a customer managed key',
        holds=_kms,
    ),
    resource_rule(
        "s3-cmk",
        A,
        (BUCKET, BUCKET_ENCRYPTION),
        "A bucket is encrypted with a customer managed key.",
        "set kms_master_key_id",
        holds=lambda encryption: all(
            own_key(default, "kmsMasterKeyId") for default in encryption_defaults(encryption)
        ),
    ),
    stack_rule(
        "s3-versioning",
        M,
        BUCKET,
        "A bucket has versioning.",
        'add a BucketVersioning with status "Enabled"',
        holds=has_versioning,
    ),
    resource_rule(
        "s3-versioning-config",
        M,
        BUCKET_VERSIONING,
        "A bucket's versioning configuration is enabled.",
        'set status="Enabled"',
        holds=lambda one: any(map(is_versioned, versioning(one))),
    ),
]
