"""Verification of services: what a deployment or a hand may loosen is found on the running definition."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo

CLUSTER, USER = "aiponge-staging", "aiponge-user"
TOOL = "aiponge-reencrypt"
KEPT = ("networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn", "requiresCompatibilities")


def _service(live: Live, name: str = USER) -> dict[str, Any]:
    return live.client("ecs").describe_services(cluster=CLUSTER, services=[name])["services"][0]


def _redeployed(change: Callable[[dict[str, Any]], Any], **whole: str) -> Make:
    """The service runs a definition that differs in its one container, or as a whole."""

    def make(live: Live) -> Undo:
        ecs, before = live.client("ecs"), _service(live)["taskDefinition"]
        definition = ecs.describe_task_definition(taskDefinition=before)["taskDefinition"]
        containers = copy.deepcopy(definition["containerDefinitions"])
        change(containers[0])
        kept = {key: definition[key] for key in KEPT if key in definition} | whole
        made = ecs.register_task_definition(family=USER, containerDefinitions=containers, **kept)
        arn = made["taskDefinition"]["taskDefinitionArn"]
        ecs.update_service(cluster=CLUSTER, service=USER, taskDefinition=arn)
        return lambda: ecs.update_service(cluster=CLUSTER, service=USER, taskDefinition=before)

    return make


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
    """The container stays as it is."""


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
    found = live.findings_of(_redeployed(change, **whole), "containers-")
    assert {one.check for one in found} == {slug}
    assert all(one.subject.startswith(f"service {USER}") for one in found)


def _tool(ecs: Any) -> dict[str, Any]:
    (arn,) = ecs.list_task_definitions(familyPrefix=TOOL, status="ACTIVE")["taskDefinitionArns"]
    return ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]


def _tool_redefined(change: Callable[[dict[str, Any]], Any], **whole: str) -> Make:
    """Somebody registers another revision of the tool, which whoever runs it by family gets."""

    def make(live: Live) -> Undo:
        ecs = live.client("ecs")
        definition = _tool(ecs)
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


def _without_definition(live: Live) -> Undo:
    ecs = live.client("ecs")
    definition = _tool(ecs)
    ecs.deregister_task_definition(taskDefinition=definition["taskDefinitionArn"])
    kept = {key: definition[key] for key in (*KEPT, "containerDefinitions") if key in definition}
    return lambda: ecs.register_task_definition(family=TOOL, **kept)


def in_public_subnets(live: Live) -> Undo:
    ecs, before = live.client("ecs"), _service(live)["networkConfiguration"]
    subnets = live.client("ec2").describe_subnets(Filters=[{"Name": "tag:Tier", "Values": ["public"]}])
    open_ = copy.deepcopy(before)
    open_["awsvpcConfiguration"]["subnets"] = [one["SubnetId"] for one in subnets["Subnets"]]
    ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=open_)
    return lambda: ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=before)


def with_public_addresses(live: Live) -> Undo:
    ecs, before = live.client("ecs"), _service(live)["networkConfiguration"]
    open_ = copy.deepcopy(before)
    open_["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED"
    ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=open_)
    return lambda: ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=before)


def undeclared_service(live: Live) -> Undo:
    ecs, like = live.client("ecs"), _service(live)
    ecs.create_service(
        cluster=CLUSTER,
        serviceName="by-hand",
        taskDefinition=like["taskDefinition"],
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration=like["networkConfiguration"],
    )
    return lambda: ecs.delete_service(cluster=CLUSTER, service="by-hand", force=True)


def repository_with_moving_tags(live: Live) -> Undo:
    ecr, name = live.client("ecr"), "aiponge/user"
    ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability="MUTABLE")
    return lambda: ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability="IMMUTABLE")


def repository_without_scans(live: Live) -> Undo:
    ecr, name = live.client("ecr"), "aiponge/user"

    def put(on: bool) -> None:
        ecr.put_image_scanning_configuration(
            repositoryName=name, imageScanningConfiguration={"scanOnPush": on}
        )

    put(False)
    return lambda: put(True)


SLIPS = [
    pytest.param(in_public_subnets, "containers-network", marks=pytest.mark.accepts("A22")),
    pytest.param(with_public_addresses, "containers-network", marks=pytest.mark.accepts("A22")),
    pytest.param(_without_definition, "containers-services", marks=A8),
    pytest.param(undeclared_service, "containers-services", marks=pytest.mark.accepts("A26")),
    pytest.param(repository_with_moving_tags, "images", marks=A51),
    pytest.param(repository_without_scans, "images", marks=A51),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_a_service_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.accepts("A9")
@pytest.mark.attack(45)
def test_a_task_older_than_a_secret_it_reads_is_found(live: Live) -> None:
    versions = live.backend("secretsmanager").secrets["aiponge/jwt-secret"].versions.values()
    version = next(one for one in versions if "AWSCURRENT" in one["version_stages"])

    def newer_value(_: Live) -> Undo:
        before = version["createdate"]
        version["createdate"] = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
        return lambda: version.update(createdate=before)

    found = live.findings_of(newer_value)
    assert {one.check for one in found} == {"containers-stale"}
    assert all("is older than aiponge/jwt-secret" in one.problem for one in found)


class _Answers:
    """An estate whose ECS says what a test wants to hear."""

    def __init__(self, live: Live, **changes: Any) -> None:
        live.estate.forget({"ecs", "elasticache"})
        self._estate, self._changes = live.estate, changes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._estate, name)

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        if operation == "describe_task_definition":
            params["taskDefinition"] = params["taskDefinition"].rpartition(":")[0]
        answer = self._estate.ask(service, operation, **params)
        if operation == "describe_services":
            changed = [
                {**one, **self._changes} if one["serviceName"] == USER else one for one in answer["services"]
            ]
            return {**answer, "services": changed}
        if operation == "describe_tasks":
            return {
                "tasks": [{**one, "stoppedReason": "Essential container exited"} for one in answer["tasks"]]
            }
        return answer

    def list(self, service: str, operation: str, member: str, **params: Any) -> Any:
        if operation == "list_tasks":
            params["desiredStatus"] = "RUNNING"
        return self._estate.list(service, operation, member, **params)


@pytest.mark.failure(29)
@pytest.mark.accepts("A46", "A51")
def test_a_deployment_that_was_rolled_back_says_what_runs_and_why(live: Live) -> None:
    from ops.verify.containers import rollout

    expected = _service(live)["taskDefinition"].rpartition(":")[0] + ":43"
    primary = {"status": "PRIMARY", "taskDefinition": expected[:-2] + "42", "rolloutState": "FAILED"}
    estate: Any = _Answers(live, taskDefinition=expected, deployments=[primary])
    (problem,) = rollout(estate)
    assert (problem.subject, problem.problem) == (
        f"service {USER}",
        "deployment FAILED, running :42, expected :43; last stop reason Essential container exited",
    )


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(
    "breaker", [{}, {"enable": True, "rollback": False}, {"enable": False, "rollback": True}]
)
def test_a_deployment_without_rollback_is_found(live: Live, breaker: dict[str, bool]) -> None:
    from ops.verify.containers import rollback

    estate: Any = _Answers(live, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    assert [one.subject for one in rollback(estate)] == [f"service {USER}"]


@pytest.mark.accepts("A51")
def test_a_service_that_takes_shells_is_found_where_the_stack_forbids_them(live: Live) -> None:
    from ops.verify.containers import no_shells

    estate: Any = _Answers(live, enableExecuteCommand=True)
    assert [one.subject for one in no_shells(estate)] == [f"service {USER}"]


@pytest.mark.accepts("A46")
def test_a_service_with_too_few_tasks_is_found(live: Live) -> None:
    from ops.verify.containers import rollout

    estate: Any = _Answers(live, desiredCount=5, runningCount=3)
    assert [one.problem for one in rollout(estate)] == ["runs 3 of 5 tasks"]
