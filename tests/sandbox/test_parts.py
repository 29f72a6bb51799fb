"""The small parts: shapes, differences, names, configuration, state, the table itself."""

from __future__ import annotations

import base64
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pulumi
import pytest
from botocore import xform_name
from botocore.session import get_session
from pulumi.output import Unknown

from sandbox import config, samples
from sandbox import moto as emulator
from sandbox import unsupported_checks as blind_spots
from sandbox.config import BadInput
from sandbox.engine import urns
from sandbox.engine.model import Resource
from sandbox.engine.state import State, Vault
from sandbox.provider import diff, shapes
from sandbox.provider import random_values as randoms
from sandbox.provider.calls import Aws
from sandbox.provider.rows import ROWS
from tests.sandbox.toy import sealed

ROOT = Path(__file__).resolve().parents[2]


def shape(service: str, operation: str) -> Any:
    return get_session().get_service_model(service).operation_model(operation).input_shape


def test_shapes_speak_boto3() -> None:
    lost: list[str] = []
    given = {"cidrBlock": "10.0.0.0/16", "nonsense": 1, "instanceTenancy": "default"}
    assert shapes.convert(shape("ec2", "CreateVpc"), given, {}, lost) == {
        "CidrBlock": "10.0.0.0/16",
        "InstanceTenancy": "default",
    }
    assert lost == ["nonsense"]


def test_shapes_turn_a_map_into_pairs_and_a_number_into_an_int() -> None:
    given = {"AlarmName": "a", "dimensions": {"X": "y"}, "period": 60.0, "threshold": 1.0}
    assert shapes.convert(shape("cloudwatch", "PutMetricAlarm"), given) == {
        "AlarmName": "a",
        "Dimensions": [{"Name": "X", "Value": "y"}],
        "Period": 60,
        "Threshold": 1.0,
    }


def test_renames_reach_into_structures() -> None:
    rename = {"breaker": "deploymentConfiguration.deploymentCircuitBreaker"}
    given = {"serviceName": "s", "breaker": {"enable": True, "rollback": False}}
    assert shapes.convert(shape("ecs", "CreateService"), given, rename) == {
        "serviceName": "s",
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
    }


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({"a": 1}, {"a": 1.0}, ()),
        ({"a": '{"x": 1, "y": [2]}'}, {"a": '{"y":[2],"x":1}'}, ()),
        ({"a": None}, {}, ()),
        ({"a": 1}, {"a": 2}, ("a",)),
        ({"a": True}, {"a": 1}, ("a",)),
        ({"a": [1, 2]}, {"a": [2, 1]}, ("a",)),
        ({"a": "x"}, {"a": Unknown()}, ("a",)),
        ({"a": {"b": "x"}}, {"a": {"b": Unknown()}}, ("a",)),
        ({"__internal": 1}, {}, ()),
    ],
)
def test_differences_are_of_meaning(
    old: dict[str, Any], new: dict[str, Any], changed: tuple[str, ...]
) -> None:
    assert diff.changed(old, new) == changed


def test_archives_differ_by_content_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    folder = pulumi.FileArchive(str(tmp_path))
    text = pulumi.AssetArchive({"a.py": pulumi.StringAsset("x = 1\n")})
    other = pulumi.AssetArchive({"a.py": pulumi.StringAsset("x = 2\n")})
    assert diff.canonical(folder) == diff.canonical(text) != diff.canonical(other)


def test_an_unchanged_resource_has_the_programs_asset_and_not_the_digest_that_was_saved() -> None:
    code = pulumi.StringAsset("x")
    saved = {"code": {"digest": "d"}, "arn": "a", "size": 1}
    assert diff.with_assets(saved, {"code": code, "size": 2, "extra": code}) == {**saved, "code": code}


def test_ignored_paths_keep_the_old_value() -> None:
    old, new = {"tags": {"a": "1", "b": "1"}, "x": 1}, {"tags": {"a": "2", "b": "2"}, "x": 2}
    assert diff.keep_ignored(old, new, ['tags["a"]']) == {"tags": {"a": "1", "b": "2"}, "x": 2}
    assert diff.keep_ignored(old, new, ["*"]) == old


def test_urns_are_the_engines() -> None:
    outer = urns.make("s", "p", "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s", "x:y:Z", "n")
    assert outer == "urn:pulumi:s::p::x:y:Z::n"
    inner = urns.make("s", "p", outer, "aws:sns/topic:Topic", "t")
    assert inner == "urn:pulumi:s::p::x:y:Z$aws:sns/topic:Topic::t"
    assert (urns.type_of(inner), urns.name_of(inner)) == ("aws:sns/topic:Topic", "t")


def stack(folder: Path, project: str, file: str) -> Path:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.dev.yaml").write_text(file)
    return folder


def test_configuration_travels_as_the_cli_sends_it(tmp_path: Path) -> None:
    folder = stack(
        tmp_path,
        "name: p\nconfig:\n  size: {type: object, default: {}}\n  days: {type: integer, default: 7}\n",
        'config:\n  p:account: "012345678901"\n  p:net: {cidr: 10.0.0.0/16, on1: true}\n'
        "  aws:region: eu-west-1\n",
    )
    assert config.read(folder, "dev").texts() == {
        "p:size": "{}",
        "p:days": "7",
        "p:account": "012345678901",
        "p:net": '{"cidr": "10.0.0.0/16", "on1": true}',
        "aws:region": "eu-west-1",
    }


def test_overrides_are_merged_key_by_key() -> None:
    base = config.StackConfig("p", "dev", values={"p:net": {"a": 1, "b": {"c": 1}}, "p:x": 1})
    merged = base.merged({"net": {"b": {"d": 2}}, "p:x": None})
    assert merged.values == {"p:net": {"a": 1, "b": {"c": 1, "d": 2}}}
    assert base.values["p:x"] == 1


def test_encrypted_values_open_with_the_passphrase_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    salt, secure = sealed("right", "hidden")
    file = f"encryptionsalt: {salt}\nconfig:\n  p:values: {{a: {{secure: '{secure}'}}}}\n"
    folder = stack(tmp_path, "name: p\n", file)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    assert config.read(folder, "dev").get("values") == {}
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "right")
    opened = config.read(folder, "dev")
    assert opened.get("values") == {"a": "hidden"}
    assert opened.secret_keys == {"p:values"}
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
    with pytest.raises(BadInput, match="does not open the stack file's secrets"):
        config.read(folder, "dev")


def test_the_state_on_disk_opens_only_with_its_worlds_key(tmp_path: Path) -> None:
    session = emulator.enter_account("600000000001", "eu-west-1", "toy-pulumi-up")
    vault = Vault(Aws(session, "600000000001", "eu-west-1"), tmp_path / "state.json")
    resource = Resource("urn:a", "aws:x:Y", "a", inputs={"value": "canary-value"}, secret={"value"}, id="i")
    vault.save(State({"urn:a": resource}, [], {"out": "canary-value"}))
    assert "canary-value" not in vault.path.read_text()
    assert vault.path.stat().st_mode & 0o777 == 0o600
    assert vault.load().resources == {"urn:a": resource}
    other = emulator.enter_account("600000000002", "eu-west-1", "toy-pulumi-up")
    with pytest.raises(Exception, match="AccessDenied"):
        Vault(Aws(other, "600000000002", "eu-west-1"), vault.path).load()


@pytest.mark.parametrize(("kind", "secret"), [("RandomPassword", "result"), ("RandomBytes", "base64")])
def test_only_a_password_keeps_its_value_out_of_its_id(kind: str, secret: str) -> None:
    id_, outputs = randoms.create(f"random:index/x:{kind}", {"length": 32})
    assert (id_ == "none") is (kind == "RandomPassword")
    assert (id_ == outputs[secret]) is (kind == "RandomBytes")


def test_a_password_is_of_the_asked_length_and_alphabet() -> None:
    given = {"length": 64, "special": False, "minUpper": 5}
    text = randoms.create("random:index/randomPassword:RandomPassword", given)[1]["result"]
    assert re.fullmatch("[A-Za-z0-9]{64}", text)


def test_samples_have_the_shape_of_their_kind_and_repeat() -> None:
    assert len(base64.b64decode(samples.sample("a", "aes-256-key"))) == 32
    assert samples.sample("a", "aes-256-key") == samples.sample("a", "aes-256-key")
    assert samples.sample("a", "aes-256-key") != samples.sample("b", "aes-256-key")
    assert "sample" in samples.sample("a", "external")


def used_types() -> set[str]:
    """Every resource class that the program names."""
    found = set()
    for path in [ROOT / "__main__.py", *(ROOT / "components").rglob("*.py")]:
        for module, name in re.findall(r"\b([a-z0-9_]+)\.([A-Z]\w+)\(", path.read_text()):
            try:
                token = getattr(getattr(import_module(f"pulumi_aws.{module}"), name), "pulumi_type", None)
            except (ImportError, AttributeError):
                continue
            if token:
                found.add(token)
    return found


def test_every_type_that_the_program_uses_has_a_row() -> None:
    assert used_types() - ROWS.keys() == set()


def test_every_call_of_a_row_exists_in_boto3() -> None:
    models = get_session()
    known = {
        service: {xform_name(name) for name in models.get_service_model(service).operation_names}
        for service in {row.service for row in ROWS.values()}
    }
    for row in ROWS.values():
        specs = [text.partition("(")[0] for text in (row.read, row.delete) if isinstance(text, str) and text]
        names = [row.op.partition(".")[2], *(call.op for call in (*row.after, *row.update)), *specs]
        assert set(names) <= known[row.service], row.token


def test_what_a_row_changes_it_does_not_also_replace() -> None:
    for row in ROWS.values():
        carried = {key for call in (*row.after, *row.update) for key in call.carries.split()} | set(
            row.parts.split()
        )
        assert not carried & set(row.replace.split()), row.token


def test_the_blind_spots_are_these() -> None:
    """A new one is a decision: somebody stops looking there."""
    assert set(blind_spots.BLIND_SPOTS) == {"account-root"}
    assert blind_spots.reason("no-such-check", "anything") is None
