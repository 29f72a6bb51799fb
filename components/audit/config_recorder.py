"""Records every configuration change with AWS Config, and delivers the records to a bucket of the stack."""

from __future__ import annotations

import pulumi
from pulumi_aws import cfg, iam

from components.data import Bucket, BucketArgs
from components.iam import document, service_trust
from components.kms import Keys
from components.options import child_of, unprotected_child
from iam_documents import allow
from settings.names import Names
from settings.schema.audit import AuditSettings

_LOOKS_AROUND = "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"


def create_config_recorder(
    owner: pulumi.ComponentResource,
    *,
    names: Names,
    settings: AuditSettings,
    keys: Keys,
    access_logs: Bucket,
) -> None:
    """Give ``owner`` the region's configuration recorder with its role, bucket and delivery channel.

    The bucket has no Object Lock: AWS Config cannot deliver to a bucket with default retention.
    """
    name, key_arn, bucket = owner.pulumi_resource_name, keys.arns["audit"], names.audit_bucket("config")
    files = Bucket(
        f"{name}-config",
        BucketArgs(bucket=bucket, days=settings.keep_days, key_arn=key_arn, access_logs=access_logs),
        child_of(owner),
    )
    role = iam.Role(
        f"{name}-config",
        name=names.config_role,
        assume_role_policy=service_trust("config.amazonaws.com", names.account_id),
        opts=child_of(owner),
    )
    looks = iam.RolePolicyAttachment(
        f"{name}-config", role=role.name, policy_arn=_LOOKS_AROUND, opts=unprotected_child(owner)
    )
    delivers = iam.RolePolicy(
        f"{name}-config",
        name="deliver",
        role=role.name,
        policy=document(
            allow("s3:GetBucketAcl", f"arn:aws:s3:::{bucket}"),
            allow(
                ("s3:PutObject", "s3:PutObjectAcl"),  # Config sends an ACL with every object
                f"arn:aws:s3:::{bucket}/AWSLogs/{names.account_id}/Config/*",
                {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
            ),
            allow(
                ("kms:Decrypt", "kms:GenerateDataKey"),
                key_arn,
                {"StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"}},
            ),
        ),
        opts=unprotected_child(owner),
    )
    recorder = cfg.Recorder(
        f"{name}-recorder",
        name=names.part("recorder"),
        role_arn=role.arn,
        recording_group=cfg.RecorderRecordingGroupArgs(
            all_supported=True, include_global_resource_types=True
        ),
        opts=child_of(owner, [looks]),
    )
    channel = cfg.DeliveryChannel(
        f"{name}-recorder",
        name=names.part("recorder"),
        s3_bucket_name=files.bucket,
        s3_kms_key_arn=key_arn,
        snapshot_delivery_properties=cfg.DeliveryChannelSnapshotDeliveryPropertiesArgs(
            delivery_frequency="TwentyFour_Hours"
        ),
        # Config refuses a channel without a recorder, and writes a test object when it accepts one.
        opts=child_of(owner, [recorder, delivers, *files.ready]),
    )
    cfg.RecorderStatus(
        f"{name}-recorder", name=recorder.name, is_enabled=True, opts=child_of(owner, [channel])
    )
