"""Records API calls with CloudTrail; in an account of its own also Config, GuardDuty and Access Analyzer."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.audit.account_defaults import set_account_defaults
from components.audit.config_recorder import create_config_recorder
from components.audit.detection import create_access_analyzers, create_guardduty, enable_inspector
from components.audit.queries import save_queries
from components.audit.trail import create_trail
from components.data import Bucket, BucketArgs
from components.kms import Keys
from components.options import child_of
from iam_documents import Statement, allow
from settings.grants import Grants
from settings.names import Names
from settings.schema.audit import AuditSettings


@dataclass(frozen=True, kw_only=True)
class AuditArgs:
    """Settings of the audit resources, and the keys that encrypt what they write."""

    names: Names
    settings: AuditSettings
    keys: Keys
    grants: Grants | None = None
    """The application's buckets, which log to the bucket of access logs too, and who uses them."""


class Audit(pulumi.ComponentResource):
    """The CloudTrail trail; with ``accountWide`` also detectors, recorder, analyzers and account defaults."""

    access_logs: Bucket
    """The bucket for the S3 access logs of the other buckets."""
    log_group_name: pulumi.Output[str]
    """Name of the trail's log group in CloudWatch Logs."""

    def __init__(self, name: str, args: AuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Audit", name, None, opts)
        names, settings = args.names, args.settings
        self.access_logs = access_logs = self._access_logs(name, args)
        trail = create_trail(self, names=names, settings=settings, keys=args.keys, access_logs=access_logs)
        save_queries(self, names, trail.log_group.name)
        if settings.account_wide:
            create_config_recorder(
                self, names=names, settings=settings, keys=args.keys, access_logs=access_logs
            )
            create_guardduty(self, settings)
            create_access_analyzers(self, names, settings)
            enable_inspector(self, names, settings)
            set_account_defaults(self)
        self.log_group_name = trail.log_group.name
        self.register_outputs({"logGroupName": self.log_group_name})

    def _access_logs(self, name: str, args: AuditArgs) -> Bucket:
        """The bucket for the S3 access logs of the other buckets.

        S3 delivers access logs only to a bucket with SSE-S3 and without Object Lock.
        """
        bucket = args.names.audit_bucket("access")
        logged = [args.names.audit_bucket(what) for what in ("trail", "config")]
        logged += map(args.names.bucket, args.grants.buckets if args.grants else ())
        return Bucket(
            f"{name}-access",
            BucketArgs(
                bucket=bucket, days=args.settings.keep_days, statements=[_may_log(args.names, bucket, logged)]
            ),
            child_of(self),
        )


def _may_log(names: Names, bucket: str, logged: list[str]) -> Statement:
    return allow(
        "s3:PutObject",
        [f"arn:aws:s3:::{bucket}/{one}/*" for one in logged],
        {
            "ArnEquals": {"aws:SourceArn": [f"arn:aws:s3:::{one}" for one in logged]},
            "StringEquals": {"aws:SourceAccount": names.account_id},
        },
        sid="AccessLogs",
        principal={"Service": "logging.s3.amazonaws.com"},
    )
