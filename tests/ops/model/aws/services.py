"""S3, STS, IAM, CloudTrail, RDS and ECS, as far as ``ops`` calls them."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from tests.ops.model.aws.account import ACCOUNT, CALLER, MASTER, Client, refused, writes
from tests.ops.model.aws.stores import ParameterStore, SecretsManager, Tagging


class Bucket(Client):
    """One bucket with conditional writes, as S3 has them."""

    def get_object(self, Bucket: str, Key: str) -> Any:
        if Key not in self.aws.objects:
            raise refused("NoSuchKey", "GetObject")
        body = self.aws.objects[Key]
        return {"Body": BytesIO(body), "ETag": _etag(body)}

    @writes
    def put_object(
        self, Bucket: str, Key: str, Body: bytes, IfMatch: str | None = None, IfNoneMatch: str | None = None
    ) -> Any:
        there = self.aws.objects.get(Key)
        if IfMatch is not None and there is None:
            raise refused("NoSuchKey", "PutObject")
        if (IfNoneMatch == "*" and there is not None) or IfMatch not in (None, there and _etag(there)):
            raise refused("PreconditionFailed", "PutObject")
        self.aws.objects[Key] = Body
        return {"ETag": _etag(Body)}

    @writes
    def delete_object(self, Bucket: str, Key: str, IfMatch: str | None = None) -> None:
        there = self.aws.objects.get(Key)
        if IfMatch is not None and there is not None and _etag(there) != IfMatch:
            raise refused("PreconditionFailed", "DeleteObject")
        self.aws.objects.pop(Key, None)

    def list_objects_v2(self, Bucket: str, Prefix: str) -> Any:
        return {"Contents": [{"Key": key} for key in self.aws.objects if key.startswith(Prefix)]}


class Tokens(Client):
    def get_caller_identity(self) -> Any:
        return {"Arn": CALLER, "Account": ACCOUNT}


class Roles(Client):
    @writes
    def put_role_policy(self, RoleName: str, PolicyName: str, PolicyDocument: str) -> None:
        self.aws.role_policies[RoleName] = PolicyDocument


class Events(Client):
    def lookup_events(self, **_: Any) -> Any:
        return {"Events": []}


class Instances(Client):
    """One database whose master password RDS keeps; a snapshot has every row of its moment."""

    def describe_db_instances(self, **_: Any) -> Any:
        found = {"DBInstanceIdentifier": "aiponge-rds", "MasterUserSecret": {"SecretArn": MASTER}}
        return {"DBInstances": [found]}

    @writes
    def modify_db_instance(self, **_: Any) -> None:
        self.aws.versions += 1
        self.aws.secrets[MASTER].version = f"version-{self.aws.versions}"

    def describe_db_instance_automated_backups(self, **_: Any) -> Any:
        return {"DBInstanceAutomatedBackups": []}

    def describe_db_snapshots(self, SnapshotType: str = "", **_: Any) -> Any:
        found = [] if SnapshotType else enumerate(self.aws.snapshots)
        return {
            "DBSnapshots": [{"DBSnapshotIdentifier": str(n), "SnapshotCreateTime": at} for n, at in found]
        }


class Backups(Client):
    def list_recovery_points_by_resource(self, ResourceArn: str) -> Any:
        return {"RecoveryPoints": []}


class Services(Client):
    """One task per service; a deployment is complete at once."""

    def describe_services(self, cluster: str, services: list[str]) -> Any:
        return {"services": [self._described(name) for name in services]}

    @writes
    def update_service(self, cluster: str, service: str, forceNewDeployment: bool) -> Any:
        self.aws.deploy(service)
        return {"service": self._described(service)}

    def list_tasks(self, cluster: str, serviceName: str, desiredStatus: str) -> Any:
        return {"taskArns": [serviceName]}

    def describe_tasks(self, cluster: str, tasks: list[str]) -> Any:
        return {"tasks": [{"taskArn": name, "createdAt": self.aws.tasks[name].created} for name in tasks]}

    def _described(self, name: str) -> Any:
        created = self.aws.tasks[name].created
        deployment = {
            "id": f"{name} {created.isoformat()}",
            "status": "PRIMARY",
            "rolloutState": "COMPLETED",
            "createdAt": created,
        }
        return {
            "serviceName": name,
            "status": "ACTIVE",
            "desiredCount": 1,
            "runningCount": 1,
            "deployments": [deployment],
        }


CLIENTS: dict[str, type[Client]] = {
    "backup": Backups,
    "cloudtrail": Events,
    "ecs": Services,
    "iam": Roles,
    "rds": Instances,
    "resourcegroupstaggingapi": Tagging,
    "s3": Bucket,
    "secretsmanager": SecretsManager,
    "ssm": ParameterStore,
    "sts": Tokens,
}


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'
