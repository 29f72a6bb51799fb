"""Reads the state of a running stack from AWS; each API call is made once and its response is cached.

Several threads may ask at once: whoever asks for the same waits for the one call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import boto3
from botocore.exceptions import ClientError

from ops.core import answers
from ops.core.findings import LookedAt
from ops.core.session import PATIENT, error_code
from settings import Settings
from settings.kms_purposes import kms_purposes

Item = dict[str, Any]
_NOTHING_CONFIGURED = ("NoSuch", "ObjectLockConfigurationNotFound", "ReplicationConfigurationNotFound")


@dataclass
class Asked:
    """What was asked of AWS while :func:`recorded` was open."""

    calls: dict[str, None] = field(default_factory=dict)
    """Each call once, as ``service:Operation``, in the order in which they were first asked for."""
    attachments: list[LookedAt] = field(default_factory=list)


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


@contextmanager
def recorded() -> Iterator[Asked]:
    """Record what this thread asks of AWS, cached responses too."""
    asked = Asked()
    token = _asked.set(asked)
    try:
        yield asked
    finally:
        _asked.reset(token)


class AwsState:
    """One stack's settings and the cached responses of AWS about it; ``clients`` are reused."""

    def __init__(
        self, settings: Settings, session: boto3.Session, clients: dict[str, Any] | None = None
    ) -> None:
        self.settings, self.names, self._session = settings, settings.names, session
        self._clients = {} if clients is None else clients
        self._answers: dict[tuple[str, str], Any] = {}
        self._elsewhere: dict[str, AwsState] = {}
        self._guard, self._locks = Lock(), dict[tuple[str, str], Lock]()

    def client(self, service: str) -> Any:
        """A client in the stack's region."""
        with self._guard:  # a session of boto3 makes one client at a time
            if service not in self._clients:
                region = self.settings.region
                self._clients[service] = self._session.client(service, region_name=region, config=PATIENT)  # type: ignore[call-overload]
            return self._clients[service]

    def looked_at(self, one: LookedAt) -> None:
        """Note which attachments were read, where what is asked is recorded."""
        if (asked := _asked.get()) is not None:
            asked.attachments.append(one)

    def _once(self, service: str, operation: str, params: object, call: Callable[[Any], Any]) -> Any:
        """The response of a call, made once for all threads; a call that failed is made again."""
        client = self.client(service)
        if (asked := _asked.get()) is not None:
            asked.calls[f"{service}:{client.meta.method_to_api_mapping.get(operation, operation)}"] = None
        key = service, json.dumps([operation, params], sort_keys=True, default=str)
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            if key not in self._answers:
                self._answers[key] = call(client)
            return self._answers[key]

    def in_region(self, region: str) -> AwsState:
        """The stack's resources in another region, such as its vault for copies of backups."""
        if region not in self._elsewhere:
            settings = self.settings.model_copy(update={"region": region})
            self._elsewhere[region] = AwsState(settings, self._session)
        return self._elsewhere[region]

    def ask(self, service: str, operation: str, **params: Any) -> Item:
        """The whole response of an API call that has no pages and fails as a whole."""
        return self._once(service, operation, params, lambda client: getattr(client, operation)(**params))

    def list(self, service: str, operation: str, member: str, **params: Any) -> list[Any]:
        """One list member of a response, over all its pages."""
        found = self._once(
            service,
            operation,
            ["pages", params],
            lambda client: answers.pages(client, operation, **params),
        )
        return [one for page in found for one in page.get(member, [])]

    def items(self, service: str, operation: str, asked: Sequence[str], **params: Any) -> list[Item]:
        """What a batch call returns for these items (:func:`ops.core.answers.items`)."""
        return self._once(
            service,
            operation,
            ["items", *asked, params],
            lambda client: answers.items(client, operation, asked, **params),
        )

    def of_bucket(self, operation: str, bucket: str) -> Item:
        """A response about a bucket; empty where S3 reports as an error that nothing is configured."""
        try:
            return self.ask("s3", operation, Bucket=bucket)
        except ClientError as error:
            if error_code(error).startswith(_NOTHING_CONFIGURED):
                return {}
            raise

    @cached_property
    def vpc(self) -> Item | None:
        """The VPC whose Name tag is the stack's; None unless there is exactly one."""
        found = self.list(
            "ec2",
            "describe_vpcs",
            "Vpcs",
            Filters=[{"Name": "tag:Name", "Values": [self.names.part("vpc")]}],
        )
        return found[0] if len(found) == 1 else None

    def in_vpc(self, operation: str, member: str) -> list[Item]:
        """What EC2 lists inside the stack's VPC; empty while there is no VPC."""
        if self.vpc is None:
            return []
        return self.list(
            "ec2", operation, member, Filters=[{"Name": "vpc-id", "Values": [self.vpc["VpcId"]]}]
        )

    @cached_property
    def key_arns(self) -> dict[str, str]:
        """ARNs of the stack's KMS keys by purpose, for the purposes whose alias exists."""
        aliases = {alias["AliasName"]: alias for alias in self.list("kms", "list_aliases", "Aliases")}
        found: dict[str, str] = {}
        for purpose in kms_purposes(self.settings):
            target = aliases.get(self.names.key_alias(purpose), {}).get("TargetKeyId")
            if target:
                found[purpose] = f"arn:aws:kms:{self.settings.region}:{self.settings.account_id}:key/{target}"
        return found

    def is_key(self, given: str | None, purpose: str) -> bool:
        """Whether a key ID, ARN or alias refers to the stack's key of this purpose."""
        arn = self.key_arns.get(purpose)
        if not given or arn is None:
            return False
        return given in (arn, arn.rpartition("/")[2]) or given.endswith(self.names.key_alias(purpose))


def tags(item: Item) -> dict[str, str]:
    """The tags of a resource, in any of the spellings that AWS services return."""
    pairs = item.get("Tags") or item.get("TagList") or item.get("tags") or []
    return {pair.get("Key", pair.get("key")): pair.get("Value", pair.get("value", "")) for pair in pairs}
