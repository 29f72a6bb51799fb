"""Tests of the compose document: what docker would refuse or the host misuse is refused, with the reason."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from components.host.user_data import user_data
from settings.checks.host.compose import APPLICATION_BYTES
from settings.schema.aws_limits import USER_DATA
from settings.schema.compose import ComposeService
from tests.components.host.host_stack import PRODUCTION, STAGING
from tests.host.machine import machine
from tests.settings.checks.host.hosts import beside, environment, problems, web

SERVICES = "platform.compose.services"
WEB = f"{SERVICES}.web"


@pytest.mark.accepts("B62")
@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"privileged": True}, ".privileged=true: a privileged container has root's rights on the host"),
        ({"network_mode": "host"}, ".network_mode=host: shares a namespace of the host"),
        (
            {"network_mode": "container:other"},
            ".network_mode=container:other: shares a namespace of the host",
        ),
        ({"pid": "host"}, ".pid=host: shares a namespace of the host"),
        ({"ipc": "host"}, ".ipc=host: shares a namespace of the host"),
        ({"uts": "host"}, ".uts=host: shares a namespace of the host"),
        ({"userns_mode": "host"}, ".userns_mode=host: shares a namespace of the host"),
        ({"cgroup": "host"}, ".cgroup=host: it shares a namespace of the host"),
        ({"cap_add": ["SYS_ADMIN"]}, ".cap_add[0]=SYS_ADMIN: gives a container rights over the host"),
        ({"cap_add": ["CAP_NET_ADMIN"]}, ".cap_add[0]=CAP_NET_ADMIN: gives a container rights over the host"),
        ({"cap_add": ["ALL"]}, ".cap_add[0]=ALL: gives a container rights over the host"),
        (
            {"security_opt": ["seccomp:unconfined"]},
            ".security_opt[0]=seccomp:unconfined: weakens what docker",
        ),
        (
            {"security_opt": ["apparmor=unconfined"]},
            ".security_opt[0]=apparmor=unconfined: weakens what docker",
        ),
        ({"security_opt": ["no-new-privileges:false"]}, ".security_opt[0]=no-new-privileges:false: weakens"),
        ({"devices": ["/dev/nvme0n1"]}, ".devices: a device of the host gives access to its disks"),
        ({"device_cgroup_rules": ["a *:* rwm"]}, ".device_cgroup_rules: a device of the host gives access"),
        ({"gpus": "all"}, ".gpus=all: the host has no GPU"),
        ({"runtime": "runsc"}, ".runtime=runsc: the host has docker's own runtime only"),
        ({"cgroup_parent": "/"}, ".cgroup_parent=/: it takes a container out of docker's limits"),
        ({"volumes": ["/var/run/docker.sock:/s"]}, ".volumes[0]: the Docker socket gives root access"),
        ({"volumes": ["/:/host:ro"]}, ".volumes[0]: mounts / of the host"),
        ({"volumes": ["/var/run:/run"]}, ".volumes[0]: mounts /var/run of the host"),
        ({"volumes": ["/root:/r"]}, ".volumes[0]: mounts /root of the host"),
        ({"volumes": ["~/x:/r"]}, ".volumes[0]: mounts ~/x of the host"),
        ({"volumes": ["./../../etc:/r"]}, ".volumes[0]: mounts ./../../etc of the host"),
        ({"volumes": [".:/app"]}, ".volumes[0]: mounts . of the host"),
        ({"volumes": ["./.env:/app/.env:ro"]}, ".volumes[0]: mounts ./.env of the host"),
        ({"volumes": ["${HOME:-/}:/h"]}, ".volumes[0]"),
        (
            {"volumes": [{"type": "bind", "source": "/etc", "target": "/e"}]},
            ".volumes[0]: mounts /etc of the",
        ),
        ({"volumes": ["/etc/localtime:/etc/localtime"]}, ".volumes[0]: /etc/localtime belongs to the host"),
        (
            {"volumes": ["./data:/data:shared"]},
            '.volumes[0]=./data:/data:shared: its mode must be "ro" or "rw"',
        ),
        (
            {"volumes": ["uploads:/data"]},
            ".volumes[0]: the volume uploads is not declared; add it under volumes",
        ),
        ({"volumes": ["./data:data"]}, ".volumes[0]: its target data is not a path of the container"),
        ({"volumes_from": ["redis"]}, ".volumes_from: list the mounts under volumes instead"),
        ({"logging": {"driver": "none"}}, ".logging: every container logs to the stack's log group"),
        ({"build": "."}, ".build=.: a host does not build images"),
        ({"image": None}, ".image: missing"),
        ({"extends": {"service": "redis"}}, ".extends: the host has this document only"),
        ({"profiles": ["debug"]}, ".profiles: the host starts every service"),
        ({"scale": 2}, ".scale=2: one container per service publishes the port"),
        ({"deploy": {"replicas": 2}}, ".deploy.replicas=2: one container per service publishes the port"),
        ({"secrets": ["key"]}, ".secrets: the host writes secrets into .env"),
        ({"env_file": "prod.env"}, ".env_file[0].path=prod.env: the host has no such file; write .env"),
        (
            {"env_file": [{"path": ".env", "format": "raw"}]},
            ".env_file[0].format=raw: raw keeps the quotes in which the host writes values",
        ),
        ({"extra_hosts": ["host:host-gateway"]}, ".extra_hosts: names of hosts come from DNS"),
        ({"networks": ["other"]}, ".networks: other is not declared; add it under networks"),
        ({"depends_on": ["rediss"]}, '.depends_on.rediss: is not a service; did you mean "redis"?'),
        ({"depends_on": {"redis": {"condition": "healthy"}}}, ".depends_on.redis.condition=healthy: input"),
        (
            {"healthcheck": {"test": ["curl", "x"]}},
            ".healthcheck.test: a list must begin with CMD, CMD-SHELL",
        ),
        ({"healthcheck": {"interval": "10"}}, ".healthcheck.interval=10: is not a time that compose reads"),
        ({"mem_limit": "lots"}, ".mem_limit=lots: is not an amount of memory; write it like 256m or 1gb"),
        ({"restart": "sometimes"}, ".restart=sometimes: is not a policy of docker"),
        ({"environment": {"A": ["x"]}}, ".environment.A: is not a text, a number or true or false"),
        ({"init": "yes"}, ".init=yes: write true or false, without quotes"),
        ({"commands": "x"}, '.commands: unknown setting; did you mean "command"?'),
    ],
)
def test_a_service_that_would_leave_its_container_or_not_start_is_refused(
    changed: dict[str, Any], line: str
) -> None:
    assert any(one.startswith(WEB + line) for one in problems(**web(**changed))), problems(**web(**changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"cap_drop": ["ALL"], "cap_add": ["NET_BIND_SERVICE", "CAP_CHOWN"]},
        {"security_opt": ["no-new-privileges:true"]},
        {"ipc": "private", "network_mode": None},
        {"privileged": False, "devices": []},
        {"volumes": ["./media:/media", "/srv/data:/data:ro", "/etc/localtime:/etc/localtime:ro", "/cache"]},
        {"volumes": [{"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": "64m"}}]},
        {"environment": ["A=1", "B"], "env_file": [".env"]},
        {"environment": {"A": 1, "B": None, "C": True}},
        {"ports": [{"target": 8000, "published": "8000", "protocol": "tcp"}]},
        {"ports": ["0.0.0.0:8000:8000/tcp"]},
        {"healthcheck": {"test": "curl -f localhost", "interval": "1m30s"}},
        {"deploy": {"resources": {"limits": {"cpus": "0.5", "memory": "256M"}}}},
        {"x-team": "movies", "labels": {"a": "b"}, "ulimits": {"nofile": 1024}, "stop_grace_period": "10s"},
        {"command": "gunicorn --workers $$(nproc) ${DEBUG} ${WORKERS:-2} ${SECRET_KEY:?}"},
        {"depends_on": ["redis"]},
    ],
)
def test_what_keeps_a_container_inside_is_accepted(changed: dict[str, Any]) -> None:
    assert problems(**web(**changed)) == []


@pytest.mark.parametrize(
    ("ports", "line"),
    [
        (["9000:8000"], "platform.compose: publishes port 9000; publish only 8000"),
        (["8000:8000", "22:22"], "platform.compose: publishes port 8000, 22; publish only 8000"),
        (["8000:8000/udp"], "platform.compose: publishes port 8000/udp; publish only 8000"),
        ([], "platform.compose: publishes port none; publish only 8000"),
        (
            ["8000"],
            f'{WEB}.ports[0]=8000: compose would publish it on a random port of the host; write "8000:8000"',
        ),
        (
            [8000],
            f'{WEB}.ports[0]=8000: compose would publish it on a random port of the host; write "8000:8000"',
        ),
        (
            ["127.0.0.1:8000:8000"],
            f"{WEB}.ports[0]=127.0.0.1:8000:8000: the load balancer cannot reach a port of",
        ),
        (
            ["8000-8010:8000-8010"],
            f"{WEB}.ports[0]=8000-8010:8000-8010: is not a port that the host publishes",
        ),
        (
            ["${PORT:-8000}:8000"],
            f"{WEB}.ports[0]=${{PORT:-8000}}:8000: is not a port that the host publishes",
        ),
        ([{"target": 8000}], f"{WEB}.ports[0]: without published, compose takes a random port of the host"),
        ([{"target": 8000, "published": 8000, "host_ip": "127.0.0.1"}], f"{WEB}.ports[0].host_ip=127.0.0.1"),
    ],
)
def test_only_the_load_balancers_port_is_published(ports: list[Any], line: str) -> None:
    assert any(one.startswith(line) for one in problems(**web(ports=ports))), problems(**web(ports=ports))


def test_a_task_that_runs_once_is_waited_for() -> None:
    migrate = {"restart": "no", "command": ["migrate"]}
    (line,) = problems(**beside(migrate=migrate))
    assert line.startswith(
        f"{SERVICES}.migrate.restart=no: an update fails when the container ends; write restart"
    )
    waiting = beside(migrate=migrate)
    waits = {"migrate": {"condition": "service_completed_successfully"}}
    waiting["compose"]["services"]["web"]["depends_on"] = waits
    assert problems(**waiting) == []
    waiting["compose"]["services"]["web"]["depends_on"] = ["migrate"]
    assert problems(**waiting) == [line]


def test_a_service_that_is_waited_for_must_be_able_to_end() -> None:
    waits = {"depends_on": {"forever": {"condition": "service_completed_successfully"}}}
    (line,) = problems(**beside(forever={}, after=waits))
    assert line == (
        f"{SERVICES}.after.depends_on.forever: forever never completes with restart: unless-stopped; write "
        'restart: "no" there'
    )


def test_services_that_wait_for_each_other_are_refused() -> None:
    assert problems(**beside(a={"depends_on": ["b"]}, b={"depends_on": ["c"]}, c={"depends_on": ["a"]})) == [
        f"{SERVICES}: a -> b -> c -> a wait for each other; remove one depends_on"
    ]


def test_a_service_whose_health_is_waited_for_has_a_health_check() -> None:
    waits = {"depends_on": {"ill": {"condition": "service_healthy"}}}
    (line,) = problems(**beside(ill={"healthcheck": {"disable": True}}, after=waits))
    assert line.startswith(
        f"{SERVICES}.after.depends_on.ill.condition=service_healthy: ill has its health check"
    )


@pytest.mark.parametrize(
    ("top", "line"),
    [
        (
            {"networks": {"host": {"external": True}}},
            ".networks.host.external=true: the host has no other network",
        ),
        ({"networks": {"n": {"name": "host"}}}, ".networks.n.name=host: the host has no other network"),
        ({"networks": {"n": {"driver": "host"}}}, ".networks.n.driver=host: input should be 'bridge'"),
        (
            {"volumes": {"v": {"driver_opts": {"type": "none", "o": "bind", "device": "/"}}}},
            ".volumes.v.driver_opts: it can mount any folder of the host; remove it",
        ),
        (
            {"volumes": {"v": {"external": True}}},
            ".volumes.v.external=true: a new host has no volumes; remove it",
        ),
        ({"secrets": {"s": {"file": "/x"}}}, ".secrets: the host writes secrets into .env"),
        ({"include": ["x.yml"]}, ".include: the host has this document only"),
        ({"servces": {}}, '.servces: unknown setting; did you mean "services"?'),
        ({"services": []}, ".services: missing"),
        ({"services": {"web": "nginx"}}, ".services.web: input should be"),
    ],
)
def test_the_document_reaches_nothing_outside_of_it(top: dict[str, Any], line: str) -> None:
    said = problems(compose={**web()["compose"], **top})
    assert any(one.startswith("platform.compose" + line) for one in said), said


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("run $WORKERS", "$WORKERS is not a variable of .env; declare it under platform.environment"),
        ("run ${DEBG}", '$DEBG is not a variable of .env; did you mean "DEBUG"?'),
        ("hash ${", "contains ${ without a variable's name and }; write $$ for a dollar sign"),
        ("admin:$2y$abc", "$abc is not a variable of .env"),
    ],
)
def test_a_variable_that_the_env_file_lacks_is_refused(command: str, said: str) -> None:
    (line,) = problems(**web(command=command))
    assert line.startswith(f"{WEB}.command: {said}")


def test_a_document_that_user_data_cannot_hold_is_refused() -> None:
    noise = hashlib.shake_256(b"noise").hexdigest(APPLICATION_BYTES)
    (line,) = problems(**environment(LONG=noise))
    assert line.startswith("platform.compose: with platform.environment it has ")


def test_user_data_has_room_for_the_longest_document(tmp_path: Path) -> None:
    spec = machine(tmp_path).spec
    noise = hashlib.shake_256(b"noise").digest(APPLICATION_BYTES)
    text = user_data(dataclasses.replace(spec, compose={"services": {}}, env_lines={}))
    packed = gzip.compress(text.encode() + noise, mtime=0)
    assert len(packed) <= USER_DATA.value


@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_the_shipped_documents_are_accepted(name: str) -> None:
    assert problems(name) == []


def test_a_host_has_containers() -> None:
    assert problems(compose={}) == [
        "platform.compose.services: missing; add the application's docker-compose document"
    ]


def test_every_error_of_a_document_is_reported_at_once() -> None:
    said = problems(**web(privileged=True, pid="host", cap_add=["ALL"], ports=["8000"]))
    assert len(said) == 4


def test_no_key_of_a_service_is_without_a_rule() -> None:
    """Each key is typed, or refused with a reason; compose's other keys are unknown settings."""
    assert {"privileged", "devices", "build", "ports", "healthcheck"} <= ComposeService.model_fields.keys()
