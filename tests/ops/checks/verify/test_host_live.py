"""Tests of ``ops verify`` on a running host stack: its parts, parameters, private key, manual changes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from moto.backends import get_backend

from ops.checks.verify import AwsState, run
from ops.checks.verify.registry import REGISTRY
from ops.checks.verify.secrets.against import compare
from sandbox import Result, Sandbox
from settings import Settings
from tests.accounts import own_account
from tests.components.host.host_stack import STAGING, stack

PATH = "/cinematch/staging"
DJANGO, SSH_KEY = f"{PATH}/django-secret-key", f"{PATH}/ec2-ssh-key"
PREVIOUS, BY_HAND = f"{DJANGO}-previous", f"{PATH}/by-hand"
SOMEBODYS = "aNother" * 8
CHECKS = tuple(
    one
    for one in REGISTRY.values()
    if one.slug.startswith(("host-", "parameters-", "leaks-", "values-passwords"))
)
WITH_SSH: dict[str, Any] = {
    "platform": {"ssh": {"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}},
    "secrets": {
        "ec2-ssh-key": {
            "name": SSH_KEY,
            "kind": "ssh-private-key",
            "store": "parameter-store",
            "description": "Private key of the pipeline",
            "readers": ["deploy"],
        }
    },
}


@dataclass
class Host:
    """A running host stack with SSH enabled."""

    sandbox: Sandbox
    settings: Settings

    @property
    def store(self) -> Any:
        return self.sandbox.client("ssm")

    def value(self, name: str) -> str:
        return self.store.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]

    def put(self, name: str, value: str, **how: Any) -> None:
        given = {"Type": "SecureString", "KeyId": "alias/cinematch-secrets", "Overwrite": True, **how}
        self.store.put_parameter(Name=name, Value=value, **given)

    def up(self, generation: int = 1, **django: Any) -> Result:
        declared = {"generation": generation, **django}
        self.settings = _declared(self.sandbox.account, declared)
        done = self.sandbox.up({"strongroom:secrets": {"django-secret-key": declared}}, policies=False)
        assert done.exit_code == 0, done.error
        return done

    def findings(self) -> list[tuple[str, str, str]]:
        report = run(AwsState(self.settings, self.sandbox.session), CHECKS)
        return [(one.check, one.subject, one.problem) for one in report.findings]

    def drop(self, *names: str) -> None:
        self.store.delete_parameters(Names=list(names))

    @contextmanager
    def but(self, slip: Callable[[Host], None]) -> Iterator[None]:
        """Restore every value after a test."""
        before = {name: self.value(name) for name in (DJANGO, SSH_KEY)}
        slip(self)
        try:
            yield
        finally:
            self.drop(DJANGO, SSH_KEY, PREVIOUS, BY_HAND)
            for name, value in before.items():
                self.put(name, value)


def _declared(account: str, django: dict[str, Any]) -> Settings:
    raw = stack(STAGING).model_dump(by_alias=True, mode="json")["secrets"]
    secrets = {**raw, **WITH_SSH["secrets"], "django-secret-key": {**raw["django-secret-key"], **django}}
    settings = stack(STAGING, secrets=secrets, platform=WITH_SSH["platform"])
    roles = (f"arn:aws:iam::{account}:role/cinematch-pulumi-up",)
    return settings.model_copy(update={"account_id": account, "administrators": roles})


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    more = {f"strongroom:{section}": values for section, values in WITH_SSH.items()}
    with Sandbox(STAGING, config={**own_account(STAGING), **more}) as sandbox:
        made = Host(sandbox, _declared(sandbox.account, {}))
        made.up()
        yield made


@pytest.mark.accepts("B9", "B18", "B27", "B29", "B30", "B49", "B50", "B51", "B52", "B53")
def test_a_host_stack_as_declared_has_no_finding(host: Host) -> None:
    assert host.findings() == []


@pytest.mark.accepts("B29")
def test_what_is_shown_without_decryption_is_no_value(host: Host) -> None:
    names = [secret.name for secret in host.settings.secrets.values()]
    shown = {
        one["Name"]: one["Value"]
        for one in host.store.get_parameters(Names=names, WithDecryption=False)["Parameters"]
    }
    assert shown.keys() == set(names)
    assert not [name for name in names if host.value(name) == shown[name]]


def _in_clear(host: Host) -> None:
    value = host.value(DJANGO)
    host.drop(DJANGO)
    host.store.put_parameter(Name=DJANGO, Value=value, Type="String")


SLIPS: dict[str, tuple[Callable[[Host], None], set[tuple[str, str, str]]]] = {
    "in clear": (
        _in_clear,
        {
            ("parameters-secret", DJANGO, "is a String, not encrypted"),
            ("parameters-encrypted", DJANGO, "is returned in plain text without decryption"),
            ("leaks-parameters", f"parameter {DJANGO}", f"contains the value of {DJANGO} in plain text"),
        },
    ),
    "without our key": (
        lambda host: host.put(DJANGO, host.value(DJANGO), KeyId="alias/aws/ssm"),
        {("parameters-secret", DJANGO, "is not encrypted with alias/cinematch-secrets")},
    ),
    "private key without our key": (
        lambda host: host.put(SSH_KEY, host.value(SSH_KEY), KeyId="alias/aws/ssm"),
        {("parameters-secret", SSH_KEY, "is not encrypted with alias/cinematch-secrets")},
    ),
    "missing": (
        lambda host: host.drop(SSH_KEY),
        {("parameters-secret", SSH_KEY, "is not in Parameter Store")},
    ),
    "undeclared": (
        lambda host: host.put(BY_HAND, "x" * 20),
        {("parameters-inventory", BY_HAND, "is in Parameter Store and undeclared")},
    ),
    "a value before the first": (
        lambda host: host.put(PREVIOUS, "x" * 40),
        {
            ("parameters-inventory", PREVIOUS, "is in Parameter Store and undeclared"),
            (
                "parameters-unchanged",
                PREVIOUS,
                "was changed by hand: its value is not the one that Pulumi put",
            ),
        },
    ),
    "weak": (
        lambda host: host.put(DJANGO, "admin123"),
        {
            ("parameters-unchanged", DJANGO, "was changed by hand: its value is not the one that Pulumi put"),
            ("values-passwords", DJANGO, "has 8 characters, 40 or more expected"),
        },
    ),
    "of characters that a shell reads": (
        lambda host: host.put(DJANGO, "$(id)" * 10),
        {
            ("parameters-unchanged", DJANGO, "was changed by hand: its value is not the one that Pulumi put"),
            ("values-passwords", DJANGO, "has characters other than A-Z, a-z and 0-9"),
        },
    ),
    "changed by hand": (
        lambda host: host.put(DJANGO, SOMEBODYS),
        {("parameters-unchanged", DJANGO, "was changed by hand: its value is not the one that Pulumi put")},
    ),
}


@pytest.mark.accepts("B27", "B29", "B32", "B40", "B46")
@pytest.mark.parametrize("name", SLIPS)
def test_each_slip_is_found(host: Host, name: str) -> None:
    slip, expected = SLIPS[name]
    with host.but(slip):
        assert set(host.findings()) == expected
    assert host.findings() == []


def _instance(host: Host) -> str:
    reservations = host.sandbox.client("ec2").describe_instances()["Reservations"]
    (instance,) = [one for each in reservations for one in each["Instances"]]
    return instance["InstanceId"]


def _forget_reports(host: Host) -> None:
    backend: Any = get_backend("cloudwatch")
    backend[host.sandbox.account][host.settings.region].metric_data.clear()


def _report(host: Host, *missing: str) -> None:
    """Put the data that install-host.sh puts, in place of what was put before."""
    _forget_reports(host)
    group = {"Name": "AutoScalingGroupName", "Value": "cinematch-server"}
    data = [{"MetricName": "MissingParts", "Value": len(missing), "Dimensions": [group]}]
    for part in missing:
        dimensions = [group, {"Name": "Part", "Value": part}]
        data.append({"MetricName": "MissingParts", "Value": 1, "Dimensions": dimensions})
    host.sandbox.client("cloudwatch").put_metric_data(Namespace="cinematch/staging/host", MetricData=data)


@pytest.mark.accepts("B62")
def test_a_host_that_lacks_a_part_is_found_until_it_reports_that_nothing_is_missing(host: Host) -> None:
    subject = f"instance {_instance(host)}"
    _report(host, "aws-cli", "cloudwatch-agent")
    assert host.findings() == [("host-installation", subject, "lacks aws-cli, cloudwatch-agent")]
    _report(host)
    assert host.findings() == []
    _forget_reports(host)


@pytest.mark.accepts("B62")
def test_a_host_that_reports_nothing_is_found(host: Host) -> None:
    ec2, instance = host.sandbox.client("ec2"), _instance(host)
    before = ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")["UserData"]["Value"]
    ec2.modify_instance_attribute(
        InstanceId=instance, UserData={"Value": base64.b64encode(b"#cloud-config\n")}
    )
    ((slug, subject, problem),) = host.findings()
    assert (slug, subject) == ("host-installation", f"instance {instance}")
    assert problem == "reports nothing about its installation: it may lack the AWS CLI"
    ec2.modify_instance_attribute(InstanceId=instance, UserData={"Value": before.encode()})
    assert host.findings() == []


@pytest.mark.accepts("B62")
def test_a_stack_without_a_running_host_is_found(host: Host) -> None:
    ec2, instance = host.sandbox.client("ec2"), _instance(host)
    ec2.stop_instances(InstanceIds=[instance])
    assert host.findings() == [("host-installation", "cinematch-server", "no instance runs")]
    ec2.start_instances(InstanceIds=[instance])
    assert host.findings() == []


@pytest.mark.accepts("B29")
@pytest.mark.attack(12)
def test_no_finding_shows_a_value(host: Host) -> None:
    names, before = [DJANGO, SSH_KEY, PREVIOUS, BY_HAND], host.value(DJANGO)
    for slip, _ in SLIPS.values():
        with host.but(slip):
            held = host.store.get_parameters(Names=names, WithDecryption=True)["Parameters"]
            said = str(host.findings())
            assert not [value for value in (before, *(one["Value"] for one in held)) if value in said]


@pytest.mark.accepts("B43")
@pytest.mark.attack(42)
def test_a_value_that_another_environment_has_too_is_found(host: Host) -> None:
    twin = AwsState(host.settings, host.sandbox.session)
    report = compare(AwsState(host.settings, host.sandbox.session), twin, "production")
    assert {one.subject for one in report.findings} == {one.name for one in host.settings.secrets.values()}
    assert not [one for one in report.findings if host.value(DJANGO) in str(one)]


@pytest.mark.accepts("B46")
@pytest.mark.attack(47)
def test_a_value_changed_by_hand_is_told_of_and_not_rolled_back(host: Host) -> None:
    with host.but(lambda host: host.put(DJANGO, SOMEBODYS)):
        again = host.up()
        assert set(again.counts) == {"same"}
        assert host.value(DJANGO) == SOMEBODYS
        assert [one[:2] for one in host.findings()] == [("parameters-unchanged", DJANGO)]


@pytest.mark.accepts("B46")
def test_a_rotation_keeps_the_value_before_until_it_is_withdrawn(host: Host) -> None:
    before = host.value(DJANGO)
    rotated = host.up(2)
    changed = {(step.name, step.op) for step in rotated.steps if step.op != "same"}
    assert changed == {
        ("values-django-secret-key-g2", "create"),
        ("secrets-django-secret-key", "update"),
        ("secrets-django-secret-key-previous", "create"),
        ("secrets-fingerprints", "update"),
        ("contract-secretArns", "update"),
    }
    assert host.value(PREVIOUS) == before != host.value(DJANGO)
    assert host.findings() == []
    host.up(2, revoked=[1])
    assert host.store.get_parameters(Names=[PREVIOUS])["Parameters"] == []
    assert host.findings() == []
