"""The parts of a host stack that commands use: parameters, one instance and its update document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from sandbox import moto as emulator
from settings import read_stack_file
from settings.checks.examples import ACCOUNT_ID
from settings.stack_file import ROOT
from tests.ops.stack_folder import Only

STACK = "cinematch-staging"
NAME = "/cinematch/staging/django-secret-key"
QUICK = Clock(poll_s=0.01, rollout_s=0.1, rotation_s=0.1)


@dataclass
class Machine:
    """The account of a host stack."""

    session: Any
    root: Path
    generated: tuple[str, ...] = ("django-secret-key",)
    """The secrets that its updates write."""
    key: str = ""
    updates: int = 0

    def context(
        self,
        *,
        root: Path | None = None,
        update: Callable[[], None] | None = None,
        as_json: bool = False,
        boundary: Callable[[str], None] = lambda _: None,
    ) -> StackContext:
        where = root or self.root
        settings, screen = read_stack_file(STACK, where), Screen(as_json=as_json)
        find = lambda: Only(update or (lambda: self.update(where)))  # noqa: E731
        return StackContext(STACK, settings, self.session, find, screen, QUICK, where, boundary=boundary)

    def client(self, service: str) -> Any:
        return self.context().aws.client(service)

    def put(self, value: str, name: str = NAME, **more: str) -> None:
        self.client("ssm").put_parameter(
            Name=name, Value=value, Type="SecureString", Overwrite=True, **{"KeyId": self.key, **more}
        )

    def value(self, name: str = NAME) -> str:
        return self.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]

    def generation(self) -> int:
        return read_stack_file(STACK, self.root).secrets["django-secret-key"].generation

    def update(self, root: Path | None = None) -> None:
        """Store the generations that the stack file declares, and the previous ones that are active."""
        self.updates += 1
        secrets = read_stack_file(STACK, root or self.root).secrets
        for secret in (secrets[key] for key in self.generated):
            now = secret.generation
            if secret.previous_name and now - 1 in secret.alive:
                self.put(str(now - 1) * 64, secret.previous_name)
            elif secret.previous_name:
                self.client("ssm").delete_parameters(Names=[secret.previous_name])
            self.put(str(now) * 64, secret.name)

    def commands(self) -> list[dict[str, Any]]:
        return self.client("ssm").list_commands()["Commands"]


def host_files(folder: Path, account: str) -> Path:
    """A checkout whose host stack names another account."""
    for path in ROOT.glob("Pulumi.*.yaml"):
        text, mine = path.read_text(), path.name == f"Pulumi.{STACK}.yaml"
        (folder / path.name).write_text(text.replace(ACCOUNT_ID, account) if mine else text)
    return folder


@contextmanager
def running_host(folder: Path, account: str) -> Iterator[Machine]:
    """A running host, with its first key."""
    mock = emulator.start()
    session = emulator.enter_account(account, "eu-west-2", "cinematch-pulumi-up")
    made = Machine(session, host_files(folder, account))
    settings = made.context().settings
    made.client("s3").create_bucket(
        Bucket=settings.names.state_bucket,
        CreateBucketConfiguration={"LocationConstraint": settings.region},
    )
    kms, ec2, ssm = (made.client(service) for service in ("kms", "ec2", "ssm"))
    made.key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/cinematch-secrets", TargetKeyId=made.key)
    made.put("1" * 64)
    tags = {**settings.tags, "Name": "cinematch-server"}
    ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
        ],
    )
    ssm.create_document(
        Name="cinematch-update",
        DocumentType="Command",
        DocumentFormat="JSON",
        Content='{"schemaVersion": "2.2", "mainSteps": []}',
    )
    yield made
    mock.stop()
