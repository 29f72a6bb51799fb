"""Writes the API calls of every region to a locked bucket with log file validation, and to a log group."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudtrail, cloudwatch, iam

from components.data import Bucket, BucketArgs, Lock
from components.iam import document, service_trust
from components.kms import Keys
from components.options import child_of, unprotected_child
from iam_documents import Statement, allow
from settings.names import Names
from settings.schema.audit import AuditSettings

_SERVICE = "cloudtrail.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class TrailResources:
    """The trail and its log group."""

    trail: cloudtrail.Trail
    log_group: cloudwatch.LogGroup


def create_trail(
    owner: pulumi.ComponentResource,
    *,
    names: Names,
    settings: AuditSettings,
    keys: Keys,
    access_logs: Bucket,
) -> TrailResources:
    """Give ``owner`` the trail, its bucket with access logging to ``access_logs``, and its log group."""
    name, key_arn = owner.pulumi_resource_name, keys.arns["audit"]
    files = _files(owner, names, settings, key_arn, access_logs)
    group = cloudwatch.LogGroup(
        f"{name}-trail",
        name=names.log_group("trail"),
        retention_in_days=settings.log_days,
        kms_key_id=keys.arns["logs"],
        opts=child_of(owner),
    )
    role, permission = _writer(owner, names)
    trail = cloudtrail.Trail(
        f"{name}-trail",
        name=names.trail,
        enable_logging=True,
        is_multi_region_trail=True,
        include_global_service_events=True,
        is_organization_trail=False,
        enable_log_file_validation=True,
        kms_key_id=key_arn,
        s3_bucket_name=files.bucket,
        cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ":*"),
        cloud_watch_logs_role_arn=role.arn,
        event_selectors=[
            cloudtrail.TrailEventSelectorArgs(
                read_write_type="All",
                include_management_events=True,
                # KMS events can be excluded to save cost; every use of a key must be recorded.
                exclude_management_event_sources=[],
                data_resources=[
                    # The bucket of the Pulumi state: it contains secrets. Log buckets would record their own
                    # writes.
                    cloudtrail.TrailEventSelectorDataResourceArgs(
                        type="AWS::S3::Object", values=[f"arn:aws:s3:::{names.state_bucket}/"]
                    )
                ],
            )
        ],
        # CloudTrail checks bucket and role before it accepts the trail.
        opts=child_of(owner, [*files.ready, permission]),
    )
    return TrailResources(trail=trail, log_group=group)


def _files(
    owner: pulumi.ComponentResource,
    names: Names,
    settings: AuditSettings,
    key_arn: pulumi.Input[str],
    access_logs: Bucket,
) -> Bucket:
    bucket = names.audit_bucket("trail")
    args = BucketArgs(
        bucket=bucket,
        days=settings.keep_days,
        statements=_may_deliver(names, bucket),
        key_arn=key_arn,
        # CloudTrail would need kms:Decrypt, and the key policy checks CloudTrail's own encryption context.
        reuse_data_keys=False,
        lock=Lock(mode=settings.lock_mode, days=settings.lock_days),
        access_logs=access_logs,
    )
    return Bucket(f"{owner.pulumi_resource_name}-trail", args, child_of(owner))


def _may_deliver(names: Names, bucket: str) -> tuple[Statement, Statement]:
    principal, source = {"Service": _SERVICE}, {"aws:SourceArn": names.trail_arn}
    return (
        allow(
            "s3:GetBucketAcl",
            f"arn:aws:s3:::{bucket}",
            {"StringEquals": source},
            sid="TrailGetBucketAcl",
            principal=principal,
        ),
        allow(
            "s3:PutObject",
            f"arn:aws:s3:::{bucket}/AWSLogs/{names.account_id}/*",
            {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
            sid="TrailPutObject",
            principal=principal,
        ),
    )


def _writer(owner: pulumi.ComponentResource, names: Names) -> tuple[iam.Role, iam.RolePolicy]:
    """The role that CloudTrail assumes to write to the log group, and its permission.

    Its trust has no source condition: CloudTrail sends none. Stream names begin with account and region.
    """
    name = owner.pulumi_resource_name
    role = iam.Role(
        f"{name}-trail", name=names.trail, assume_role_policy=service_trust(_SERVICE), opts=child_of(owner)
    )
    streams = f"{names.log_group_arn('trail')}:log-stream:{names.account_id}_CloudTrail_{names.region}*"
    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    permission = iam.RolePolicy(
        f"{name}-trail",
        name="write",
        role=role.name,
        policy=document(allow(actions, streams)),
        opts=unprotected_child(owner),
    )
    return role, permission
