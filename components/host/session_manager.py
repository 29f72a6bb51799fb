"""Configures Session Manager: sessions are encrypted, logged to a log group, and ended when idle."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ssm

from components.kms import Keys
from components.options import child_of
from settings.names import SESSION_DOCUMENT, Names

IDLE_MINUTES, LONGEST_MINUTES = 15, 60


@dataclass(frozen=True, kw_only=True)
class SessionsArgs:
    """The key and log retention of sessions."""

    names: Names
    keys: Keys
    log_days: int


class Sessions(pulumi.ComponentResource):
    """Session Manager's preferences, and the log groups of sessions and commands."""

    log_group: str
    """Name of the log group of sessions."""
    command_log_group: str
    """Name of the log group of commands that ran without a session."""

    def __init__(self, name: str, args: SessionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Sessions", name, None, opts)
        part = child_of(self)
        self.log_group = args.names.log_group("ssm-sessions")
        self.command_log_group = args.names.log_group("ssm-commands")
        logs_key, session_key = args.keys.arns["logs"], args.keys.arns["sessions"]
        groups = [
            cloudwatch.LogGroup(
                f"{name}-{label}",
                name=group,
                retention_in_days=args.log_days,
                kms_key_id=logs_key,
                opts=part,
            )
            for label, group in (("sessions", self.log_group), ("commands", self.command_log_group))
        ]
        ssm.Document(
            f"{name}-preferences",
            name=SESSION_DOCUMENT,
            document_type="Session",
            document_format="JSON",
            content=session_key.apply(lambda key: preferences(self.log_group, key)),
            # A session that starts before its log group exists would not be logged.
            opts=child_of(self, groups),
        )
        self.register_outputs({"logGroup": self.log_group, "commandLogGroup": self.command_log_group})


def preferences(log_group: str, key_arn: str) -> str:
    """The session document: no RunAs user, no start-up commands."""
    return json.dumps(
        {
            "schemaVersion": "1.0",
            "description": "Sessions are encrypted, logged and ended when idle",
            "sessionType": "Standard_Stream",
            "inputs": {
                "cloudWatchLogGroupName": log_group,
                "cloudWatchEncryptionEnabled": True,
                "cloudWatchStreamingEnabled": True,
                "s3BucketName": "",
                "s3KeyPrefix": "",
                "s3EncryptionEnabled": True,
                "kmsKeyId": key_arn,
                "runAsEnabled": False,
                "runAsDefaultUser": "",
                "idleSessionTimeout": str(IDLE_MINUTES),
                "maxSessionDuration": str(LONGEST_MINUTES),
                "shellProfile": {"windows": "", "linux": ""},
            },
        }
    )
