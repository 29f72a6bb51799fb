"""An engine with a few resources in an emulated account, whose deletion AWS refuses as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.updater import Deployed
from ops.destroy.deletion import BUCKET, LOG_GROUP, REPOSITORY
from tests.ops.rotation.small_stack import STACK, SmallStack, stack_files
from tests.ops.rotation.standing import ACCOUNT, REGION, account

LOGS, TRAIL, IMAGES = "aiponge-access-logs", "aiponge-trail", "aiponge/user"
GROUP = "/aiponge/staging/user"


@dataclass
class SmallEngine:
    """Deletes what is in its state, in order; what AWS refuses ends the run."""

    client: Callable[[str], Any]
    left: list[Deployed]
    unprotected: list[str] = field(default_factory=list[str])
    deletions: int = 0
    interrupted: Callable[[int], None] = lambda number: None
    """Called with the number of an attempt before it."""

    def __call__(self) -> None:
        raise AssertionError("a deletion updates nothing")

    def resources(self) -> list[Deployed]:
        return [*self.left]

    def unprotect(self, urns: Sequence[str]) -> None:
        self.unprotected += urns
        self.left = [replace(one, protect=one.protect and one.urn not in urns) for one in self.left]

    def destroy(self, keep: Sequence[str]) -> None:
        self.deletions += 1
        self.interrupted(self.deletions)
        for one in [*self.left]:
            if one.urn in keep:
                continue
            assert not one.protect, f"{one.urn} is protected"
            try:
                self._delete(one)
            except ClientError as error:
                raise Stop(Exit.PARTLY, f"the deletion ended with 255: {error}") from None
            self.left.remove(one)

    def _delete(self, one: Deployed) -> None:
        match one.type:
            case _ if one.type == BUCKET:
                self.client("s3").delete_bucket(Bucket=one.id)
            case _ if one.type == REPOSITORY:
                self.client("ecr").delete_repository(repositoryName=one.id)
            case _ if one.type == LOG_GROUP:
                self.client("logs").delete_log_group(logGroupName=one.id)


@dataclass
class Account:
    """An account with a bucket, a repository and a log group of the stack, none of them empty."""

    stack: SmallStack
    engine: SmallEngine

    def context(self, **how: Any) -> StackContext:
        context = self.stack.context(**how)
        context.find_update = lambda: self.engine
        return context

    def client(self, service: str) -> Any:
        return self.stack.client(service)

    def objects(self, bucket: str) -> int:
        answer = self.client("s3").list_object_versions(Bucket=bucket)
        return len(answer.get("Versions", [])) + len(answer.get("DeleteMarkers", []))

    def buckets(self) -> list[str]:
        return [one["Name"] for one in self.client("s3").list_buckets()["Buckets"]]


def resource(kind: str, ident: str, *, protect: bool = False, **inputs: Any) -> Deployed:
    urn = f"urn:pulumi:{STACK}::strongroom::{kind}::{ident.replace('/', '-')}"
    return Deployed(urn, kind, ident, protect, inputs)


@contextmanager
def filled_account(folder: Path, *, lock: str = "GOVERNANCE") -> Iterator[Account]:
    """The account, while it is emulated; ``lock`` is the trail bucket's default retention mode."""
    with account() as session:
        stack = SmallStack(session, stack_files(folder / "checkout", ACCOUNT))
        s3, where = stack.client("s3"), {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=stack.context().settings.names.state_bucket, CreateBucketConfiguration=where)
        s3.create_bucket(Bucket=LOGS, CreateBucketConfiguration=where)
        s3.put_bucket_versioning(Bucket=LOGS, VersioningConfiguration={"Status": "Enabled"})
        s3.create_bucket(Bucket=TRAIL, CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
        s3.put_object_lock_configuration(
            Bucket=TRAIL,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": lock, "Days": 7}},
            },
        )
        for bucket in (LOGS, TRAIL):
            for number in range(3):
                s3.put_object(Bucket=bucket, Key=f"log-{number}", Body=b"one line")
        s3.delete_object(Bucket=LOGS, Key="log-0")
        stack.client("ecr").create_repository(repositoryName=IMAGES)
        stack.client("ecr").put_image(repositoryName=IMAGES, imageManifest=MANIFEST, imageTag="one")
        stack.client("logs").create_log_group(logGroupName=GROUP)
        engine = SmallEngine(
            stack.client,
            [
                resource(LOG_GROUP, GROUP, name=GROUP),
                resource(REPOSITORY, IMAGES, name=IMAGES),
                resource(BUCKET, LOGS, bucket=LOGS),
                resource(BUCKET, TRAIL, bucket=TRAIL),
                resource("random:index/randomPassword:RandomPassword", "values-jwt-g1", protect=True),
            ],
        )
        yield Account(stack, engine)


MANIFEST = """{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
"config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest":
"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}, "layers": []}"""
