"""An account in memory that answers what ``ops`` asks of it, and may end or fail a command at each write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from io import BytesIO
from typing import Any, Concatenate, ParamSpec, TypeVar

from botocore.exceptions import ClientError

ACCOUNT = "111122223333"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/aiponge-pulumi-up/session"
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Answers:
    """What happens at the writes of one account; a test replaces it by one that ends a command."""

    def around(self, call: str, write: Callable[[], _R]) -> _R:
        """Carry one write out."""
        return write()


class Now:
    """The time, a little later at each look: AWS gives no two events the same moment here."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)

    def __call__(self) -> datetime:
        self._last = max(self._last + timedelta(microseconds=1), datetime.now(UTC))
        return self._last


class Client:
    """What every client has; a call that is not here is an error of the test."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws

    def can_paginate(self, operation: str) -> bool:
        return False

    def get_paginator(self, operation: str) -> _OnePage:
        return _OnePage(getattr(self, operation))


@dataclass(frozen=True)
class _OnePage:
    call: Callable[..., Any]

    def paginate(self, **params: Any) -> Iterator[Any]:
        yield self.call(**params)


_C = TypeVar("_C", bound=Client)


def writes(method: Callable[Concatenate[_C, _P], _R]) -> Callable[Concatenate[_C, _P], _R]:
    """Mark a call that changes the account."""

    @wraps(method)
    def called(self: _C, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return self.aws.answers.around(method.__name__, lambda: method(self, *args, **kwargs))

    return called


def refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


@dataclass
class Secret:
    """One secret; only its version in force is kept."""

    tags: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    version: str = ""
    created: datetime = datetime.min.replace(tzinfo=UTC)


class SecretsManager(Client):
    def list_secrets(self, **_: Any) -> Any:
        return {"SecretList": [self._described(name) for name in self.aws.secrets]}

    def describe_secret(self, SecretId: str) -> Any:
        known = self._described(SecretId)
        return known | {"VersionIdsToStages": known["SecretVersionsToStages"]}

    def batch_get_secret_value(self, SecretIdList: list[str]) -> Any:
        named = {arn_of(name): (name, one) for name, one in self.aws.secrets.items()}
        found = [named[arn] for arn in SecretIdList]
        return {
            "SecretValues": [
                {
                    "Name": name,
                    "SecretString": one.value,
                    "VersionId": one.version,
                    "CreatedDate": one.created,
                }
                for name, one in found
                if one.value is not None
            ],
            "Errors": [],
        }

    def list_secret_version_ids(self, SecretId: str) -> Any:
        one = self.aws.secrets[SecretId]
        version = {"VersionId": one.version, "VersionStages": ["AWSCURRENT"], "CreatedDate": one.created}
        return {"Versions": [version] if one.value is not None else []}

    @writes
    def tag_resource(self, SecretId: str, Tags: list[dict[str, str]]) -> None:
        self.aws.secrets.setdefault(SecretId, Secret()).tags |= {tag["Key"]: tag["Value"] for tag in Tags}

    @writes
    def put_secret_value(self, SecretId: str, SecretString: str) -> None:
        one, self.aws.versions = self.aws.secrets[SecretId], self.aws.versions + 1
        one.value, one.version, one.created = SecretString, f"version-{self.aws.versions}", self.aws.now()

    def _described(self, name: str) -> Any:
        one = self.aws.secrets[name]
        stages = {one.version: ["AWSCURRENT"]} if one.value is not None else {}
        tags = [{"Key": key, "Value": value} for key, value in one.tags.items()]
        return {"Name": name, "ARN": arn_of(name), "SecretVersionsToStages": stages, "Tags": tags}


class Parameters(Client):
    @writes
    def put_parameter(self, Name: str, Value: str, Type: str, **_: Any) -> None:
        assert Type == "String"
        self.aws.parameters[Name] = Value

    def get_parameters_by_path(self, Path: str, Recursive: bool, WithDecryption: bool) -> Any:
        found = self.aws.parameters.items()
        return {
            "Parameters": [
                {"Name": name, "Value": value} for name, value in found if name.startswith(f"{Path}/")
            ]
        }


class Tags(Client):
    def get_resources(self, TagFilters: Any, ResourceTypeFilters: Any) -> Any:
        wanted = {(one["Key"], value) for one in TagFilters for value in one["Values"]}
        found = [(name, one) for name, one in self.aws.secrets.items() if wanted <= one.tags.items()]
        return {
            "ResourceTagMappingList": [
                {
                    "ResourceARN": arn_of(name),
                    "Tags": [{"Key": key, "Value": value} for key, value in one.tags.items()],
                }
                for name, one in found
            ]
        }


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
        self.aws.denied[RoleName] = PolicyDocument


class Events(Client):
    def lookup_events(self, **_: Any) -> Any:
        return {"Events": []}


MASTER = "rds!db-master"


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

    def describe_db_snapshots(self, **_: Any) -> Any:
        return {"DBSnapshots": [{"SnapshotCreateTime": at} for at in self.aws.snapshots]}


@dataclass
class Task:
    """One running copy of a service, and what it read when it started."""

    created: datetime
    read: dict[str, str] = field(repr=False)


class Services(Client):
    """One task a service; a deployment is complete at once."""

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
    "cloudtrail": Events,
    "ecs": Services,
    "iam": Roles,
    "rds": Instances,
    "resourcegroupstaggingapi": Tags,
    "s3": Bucket,
    "secretsmanager": SecretsManager,
    "ssm": Parameters,
    "sts": Tokens,
}


class FakeAws:
    """One account, and the session that ``ops`` makes its clients of."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.now = Now()
        self.versions = 0
        self.secrets: dict[str, Secret] = {MASTER: Secret(value="kept by RDS", version="version-0")}
        self.parameters: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}
        self.denied: dict[str, str] = {}
        self.snapshots: list[datetime] = []
        self.reads: dict[str, list[str]] = {}
        """The names in the store that each service reads when a task of it starts."""
        self.tasks: dict[str, Task] = {}

    def client(self, service: str, **_: Any) -> Any:
        return CLIENTS[service](self)

    def value(self, name: str) -> str:
        """The value in force of one secret."""
        value = self.secrets[name].value
        assert value is not None, f"{name} has no value"
        return value

    def deploy(self, service: str) -> None:
        """Replace a service's task by one that reads the stores now."""
        self.tasks[service] = Task(self.now(), {name: self.value(name) for name in self.reads[service]})


def arn_of(name: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:{name}-AbCdEf"


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'
