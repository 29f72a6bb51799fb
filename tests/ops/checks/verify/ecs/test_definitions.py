"""Tests of the task definitions' checks: changes are found in the definition that the next task uses."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.ops.checks.verify.ecs.redeploying import KEPT, TOOL, USER, redeployed, tool
from tests.ops.live import Live, Make, Undo


def _without_secret(container: dict[str, Any]) -> None:
    container["secrets"] = [one for one in container["secrets"] if one["name"] != "JWT_SECRET"]


def _partial_arn(container: dict[str, Any]) -> None:
    for one in container["secrets"]:
        one["valueFrom"] = one["valueFrom"][:-7] if one["name"] == "JWT_SECRET" else one["valueFrom"]


def _foreign_secret(container: dict[str, Any]) -> None:
    arn = container["secrets"][0]["valueFrom"]
    container["secrets"].append({"name": "OTHERS_KEY", "valueFrom": arn})


def _key_in_environment(container: dict[str, Any]) -> None:
    container["environment"].append({"name": "ENTRY_ENCRYPTION_KEY", "value": "see the wiki"})


def _logs_elsewhere(container: dict[str, Any]) -> None:
    container["logConfiguration"]["options"]["awslogs-group"] = "/somewhere"


def _log_that_blocks(container: dict[str, Any]) -> None:
    container["logConfiguration"]["options"]["mode"] = "blocking"


def _keeps_capabilities(container: dict[str, Any]) -> None:
    container["linuxParameters"]["capabilities"] = {"add": [], "drop": []}


def _no_init(container: dict[str, Any]) -> None:
    container["linuxParameters"]["initProcessEnabled"] = False


def _set(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda container: container.__setitem__(key, value)


def _nothing(_: dict[str, Any]) -> None:
    """Leave the container unchanged."""


ROLE = "arn:aws:iam::222233334444:role/aiponge-exec-music"
A4, A8, A40, A51 = (pytest.mark.accepts(row) for row in ("A4", "A8", "A40", "A51"))

REDEPLOYED = [
    pytest.param(_without_secret, {}, "containers-secrets", marks=A8, id="lacks"),
    pytest.param(_partial_arn, {}, "containers-secrets", marks=A8, id="partial_arn"),
    pytest.param(_foreign_secret, {}, "containers-secrets", marks=pytest.mark.accepts("A7"), id="too_many"),
    pytest.param(_key_in_environment, {}, "containers-environment", marks=A4, id="in_clear"),
    pytest.param(_logs_elsewhere, {}, "containers-logging", marks=A40, id="logs_elsewhere"),
    pytest.param(_log_that_blocks, {}, "containers-logging", marks=A40, id="log_blocks"),
    pytest.param(_keeps_capabilities, {}, "containers-hardening", marks=A51, id="capabilities"),
    pytest.param(_no_init, {}, "containers-hardening", marks=A51, id="no_init"),
    pytest.param(_set("readonlyRootFilesystem", False), {}, "containers-hardening", marks=A51, id="writable"),
    pytest.param(_set("privileged", True), {}, "containers-hardening", marks=A51, id="privileged"),
    pytest.param(_set("user", "0:0"), {}, "containers-hardening", marks=A51, id="root"),
    pytest.param(_set("user", "2000:2000"), {}, "containers-hardening", marks=A51, id="another_user"),
    pytest.param(_set("image", "aiponge/user:latest"), {}, "containers-hardening", marks=A51, id="by_tag"),
    pytest.param(
        _nothing,
        {"executionRoleArn": ROLE},
        "containers-roles",
        marks=pytest.mark.accepts("A7"),
        id="anothers_role",
    ),
]


@pytest.mark.parametrize(("change", "whole", "slug"), REDEPLOYED)
def test_each_slip_of_a_deployment_is_found_by_its_check(
    live: Live, change: Callable[[dict[str, Any]], Any], whole: dict[str, str], slug: str
) -> None:
    found = live.findings_of(redeployed(change, **whole), "containers-")
    assert {one.check for one in found} == {slug}
    assert all(one.subject.startswith(f"service {USER}") for one in found)


def _tool_redefined(change: Callable[[dict[str, Any]], Any], **whole: str) -> Make:
    """Register another revision of the tool, which a run by family would use."""

    def make(live: Live) -> Undo:
        ecs = live.client("ecs")
        definition = tool(ecs)
        containers = copy.deepcopy(definition["containerDefinitions"])
        change(containers[0])
        kept = {key: definition[key] for key in KEPT if key in definition} | whole
        made = ecs.register_task_definition(family=TOOL, containerDefinitions=containers, **kept)
        arn = made["taskDefinition"]["taskDefinitionArn"]
        return lambda: ecs.deregister_task_definition(taskDefinition=arn)

    return make


@pytest.mark.parametrize(
    ("change", "whole", "slug"),
    [
        pytest.param(_foreign_secret, {}, "containers-secrets", marks=pytest.mark.accepts("A7")),
        pytest.param(_key_in_environment, {}, "containers-environment", marks=A4),
        pytest.param(_logs_elsewhere, {}, "containers-logging", marks=A40),
        pytest.param(_set("user", "0:0"), {}, "containers-hardening", marks=A51),
        pytest.param(_set("readonlyRootFilesystem", False), {}, "containers-hardening", marks=A51),
        pytest.param(
            _nothing, {"executionRoleArn": ROLE}, "containers-roles", marks=pytest.mark.accepts("A7")
        ),
    ],
)
def test_each_slip_of_a_tool_is_found_by_its_check(
    live: Live, change: Callable[[dict[str, Any]], Any], whole: dict[str, str], slug: str
) -> None:
    found = live.findings_of(_tool_redefined(change, **whole), "containers-")
    assert [(one.check, one.subject.startswith(f"task {TOOL}")) for one in found] == [(slug, True)]
