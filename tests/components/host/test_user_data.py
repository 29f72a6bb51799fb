"""Tests of user data: below EC2's limit, complete, and without secrets."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from secret_detection import scan

from components.host.scripts import SCRIPT, HostSpec, Pace, update_script
from components.host.user_data import MAX_BYTES, compose_document, encoded, user_data
from settings.stack_file import ROOT
from tests.components.host.host_stack import PRODUCTION, STAGING
from tests.components.host.hosted import hosted
from tests.host.machine import machine

SECRET_NAMES = ("django-secret-key", "db-password", "tmdb-token", "llm-api-key")


def opened(user_data: str) -> str:
    """User data as `base64 --decode | gunzip --force` shows it."""
    raw = base64.b64decode(user_data)
    return (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()


def shipped_user_data(name: str) -> str:
    return opened(hosted(name).only("LaunchTemplate")["userData"])


def written(text: str) -> dict[str, dict[str, str]]:
    return {one["path"]: one for one in yaml.safe_load(text)["write_files"]}


@pytest.fixture
def spec(tmp_path: Path) -> HostSpec:
    return machine(tmp_path).spec


@pytest.mark.accepts("B12", "B13", "B14", "B28")
@pytest.mark.attack(5)
@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_it_holds_the_logic_to_fetch_and_nothing_that_looks_secret(name: str) -> None:
    text = shipped_user_data(name)
    assert text.startswith("#cloud-config\n")
    assert "aws ssm get-parameters" in text
    assert list(scan(text)) == []


@pytest.mark.accepts("B12")
@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_it_is_no_output_and_no_secret(name: str) -> None:
    template = hosted(name).only("LaunchTemplate")
    assert template.property_dependencies.get("userData", ()) == ()
    assert "userData" not in template.secrets


@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_it_fits(name: str) -> None:
    assert len(base64.b64decode(hosted(name).only("LaunchTemplate")["userData"])) <= MAX_BYTES


def test_what_fits_is_not_compressed() -> None:
    text = "#cloud-config\n" + "#" * (MAX_BYTES - 14)
    assert base64.b64decode(encoded(text)).decode() == text


def test_what_is_too_long_is_compressed_always_alike(spec: HostSpec) -> None:
    service = next(iter(spec.compose["services"].values()))
    many = {**spec.compose, "services": {f"service-{n}": dict(service) for n in range(80)}}
    text = user_data(dataclasses.replace(spec, compose=many))
    assert len(text.encode()) > MAX_BYTES
    packed = base64.b64decode(encoded(text))
    assert len(packed) <= MAX_BYTES
    assert gzip.decompress(packed).decode() == text
    assert encoded(text) == encoded(text)


def test_what_does_not_fit_compressed_is_refused(spec: HostSpec) -> None:
    noise = hashlib.shake_256(b"noise").hexdigest(2 * MAX_BYTES)
    big = dataclasses.replace(spec, env_lines={**spec.env_lines, "LONG": noise})
    with pytest.raises(ValueError, match=r"EC2 takes 16384: shorten platform\.compose"):
        encoded(user_data(big))


@pytest.mark.accepts("B21", "B47")
def test_scripts_are_for_root_alone() -> None:
    files = written(shipped_user_data(PRODUCTION))
    update = files["/root/update-app.sh"]
    assert (update["permissions"], update["owner"]) == ("0700", "root:root")
    assert files["/root/install-agent.sh"]["permissions"] == "0700"
    assert files["/root/install-host.sh"]["permissions"] == "0700"
    assert {one["owner"] for one in files.values()} == {"root:root"}


def test_the_first_boot_starts_the_timer_of_the_installation_and_nothing_that_could_fail() -> None:
    document = yaml.safe_load(shipped_user_data(PRODUCTION))
    assert document["runcmd"] == [
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", "host-install.timer"],
    ]
    assert not {"packages", "package_update", "snap", "bootcmd"} & document.keys()


def test_the_timer_runs_at_every_boot_and_again_after_each_run() -> None:
    files = written(shipped_user_data(PRODUCTION))
    timer = files["/etc/systemd/system/host-install.timer"]["content"].splitlines()
    assert {"OnActiveSec=0", "OnUnitInactiveSec=120", "WantedBy=timers.target"} <= set(timer)
    service = files["/etc/systemd/system/host-install.service"]["content"].splitlines()
    assert {"Type=oneshot", "ExecStart=/root/install-host.sh", "TimeoutStartSec=3600"} <= set(service)


def test_the_installation_is_given_the_hosts_group_and_namespace() -> None:
    script = written(shipped_user_data(PRODUCTION))["/root/install-host.sh"]["content"]
    settings = {"group=cinematch-server", "namespace=cinematch/production/host", "metric=MissingParts"}
    assert settings <= set(script.splitlines())


def test_the_limit_is_what_ec2_takes() -> None:
    assert MAX_BYTES == 16384


@pytest.mark.accepts("B20", "B21")
def test_the_env_file_belongs_to_root_and_is_never_wider_than_600(spec: HostSpec) -> None:
    script = update_script(spec)
    assert "\nowner=root:root\n" in script
    assert script.index("umask 077") < script.index("mktemp")
    assert 'chmod 600 "$fresh"' in script
    assert Pace().owner == "root:root"


@pytest.mark.accepts("B22")
def test_the_script_never_traces(spec: HostSpec) -> None:
    assert "set -x" not in update_script(spec)


@pytest.mark.accepts("B4", "B48")
def test_the_application_starts_at_every_boot_from_the_folder_the_runbook_names() -> None:
    text = shipped_user_data(PRODUCTION)
    files = written(text)
    assert "/opt/cinematch/docker-compose.yml" in files
    assert "ExecStart=/root/update-app.sh" in files["/etc/systemd/system/app-update.service"]["content"]
    assert "systemctl enable app-update" in files["/root/install-host.sh"]["content"]


@pytest.mark.accepts("B62")
def test_containers_are_kept_from_the_metadata_service() -> None:
    unit = written(shipped_user_data(PRODUCTION))["/etc/systemd/system/metadata-guard.service"]["content"]
    assert "iptables -I DOCKER-USER -d 169.254.169.254 -j DROP" in unit
    assert "WantedBy=docker.service" in unit


@pytest.mark.accepts("B62")
def test_no_container_starts_before_the_metadata_service_is_out_of_its_reach() -> None:
    unit = written(shipped_user_data(PRODUCTION))["/etc/systemd/system/app-update.service"]["content"]
    check = "ExecStartPre=/usr/sbin/iptables -C DOCKER-USER -d 169.254.169.254 -j DROP -w 60"
    assert unit.index(check) < unit.index("ExecStart=/root/update-app.sh")


@pytest.mark.accepts("B19", "B30")
def test_it_fetches_exactly_the_declared_names(tmp_path: Path) -> None:
    script = written(shipped_user_data(STAGING))["/root/update-app.sh"]["content"]
    line = next(line for line in script.splitlines() if line.startswith("parameters="))
    assert line.removeprefix("parameters=(").removesuffix(")").split() == [
        f"/cinematch/staging/{name}"
        for name in (
            *("django-secret-key", "django-secret-key-previous", *SECRET_NAMES[1:]),
            *("db-host", "db-name", "db-username", "dockerhub-image", "domain-name", "image-digest"),
        )
    ]


def test_it_may_miss_the_value_before_and_the_image_only() -> None:
    script = written(shipped_user_data(STAGING))["/root/update-app.sh"]["content"]
    assert "\noptional=(django-secret-key-previous image-digest)\n" in script


def test_every_secret_has_a_line_of_its_own() -> None:
    template = written(shipped_user_data(PRODUCTION))["/opt/cinematch/env.template"]["content"].splitlines()
    assert "SECRET_KEY={{django-secret-key}}" in template
    assert "SECRET_KEY_PREVIOUS={{django-secret-key-previous}}" in template
    assert "DB_PASSWORD={{db-password}}" in template
    assert "TMDB_READ_ACCESS_TOKEN={{tmdb-token}}" in template
    assert "LLM_API_KEY={{llm-api-key}}" in template


@pytest.mark.accepts("B62")
def test_every_container_logs_to_the_stacks_own_group(spec: HostSpec) -> None:
    services: dict[str, Any] = compose_document(spec)["services"]
    assert set(services) == {"web", "redis"}
    for service in services.values():
        options = service["logging"]["options"]
        assert service["logging"]["driver"] == "awslogs"
        assert (options["awslogs-group"], options["mode"]) == ("/app", "non-blocking")


def test_the_stack_files_own_compose_document_is_left_alone(spec: HostSpec) -> None:
    compose_document(spec)
    assert "logging" not in spec.compose["services"]["web"]


def test_keys_of_people_are_there_only_when_given(spec: HostSpec) -> None:
    assert yaml.safe_load(user_data(spec))["ssh_authorized_keys"] == []
    given = dataclasses.replace(spec, authorized_keys=("ssh-ed25519 AAAA someone",))
    assert yaml.safe_load(user_data(given))["ssh_authorized_keys"] == ["ssh-ed25519 AAAA someone"]
    assert yaml.safe_load(user_data(spec))["ssh_pwauth"] is False
    assert yaml.safe_load(user_data(spec))["disable_root"] is True


def test_containers_gain_no_privileges() -> None:
    daemon = json.loads(written(shipped_user_data(PRODUCTION))["/etc/docker/daemon.json"]["content"])
    assert daemon == {"live-restore": True, "no-new-privileges": True}


def test_settings_are_quoted_for_the_shell(spec: HostSpec) -> None:
    odd = dataclasses.replace(spec, health_path="/$(id)/'")
    assert "health_url='http://localhost:8000/$(id)/'\"'\"''\n" in update_script(odd)


def test_templates_hold_their_settings_line_once() -> None:
    for name in ("update-app.sh", "install-agent.sh", "install-host.sh"):
        assert (ROOT / "components" / "host" / "files" / name).read_text().count("#@settings@\n") == 1


def test_the_script_of_the_runbook_is_the_one_that_is_installed() -> None:
    assert SCRIPT == "/root/update-app.sh"
