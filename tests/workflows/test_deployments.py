"""Tests of the deploy workflows, whose own scripts are executed with stub commands."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from settings.stack_file import ROOT

OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
PATH = "/cinematch/production"

_STUB = """#!/bin/bash
here={here}
printf '%s\\n' "$*" >>"$here/calls"
unexpected() {{ printf '{command} %s\\n' "$*" >>"$here/unexpected"; exit 99; }}
# One answer a call, in order; the last one stays.
answer() {{
    local file=$here/answers/$1
    [[ -e $file ]] || unexpected "$1"
    head -n 1 "$file"
    (($(wc -l <"$file") == 1)) || sed -i 1d "$file"
}}
{body}
"""
_HOST = """
case "$1 $2" in
"ssm get-parameter")
    case "$4" in
    /cinematch/production/deploy/*) answer "${4##*/}" ;;
    /cinematch/production/image-digest)
        [[ -e $here/answers/image-digest ]] || exit 254
        answer image-digest ;;
    *) unexpected "$@" ;;
    esac ;;
"ssm send-command") answer command ;;
"ssm list-command-invocations") answer states ;;
"ssm put-parameter") ;;
*) unexpected "$@" ;;
esac"""
_CLUSTER = """
case "$1 $2" in
"ssm get-parameter")
    # AWS's answer where a parameter does not exist.
    [[ $4 == */deploy/services* && ! -e $here/answers/${4##*/} ]] && exit 254
    answer "${4##*/}" ;;
"ecs describe-task-definition") answer definition ;;
"ecs register-task-definition") cp task.json "$here/registered.json"; answer registered ;;
"ecs run-task") answer task ;;
"ecs wait") ;;
"ecs describe-tasks") answer exit-code ;;
"ecs describe-services") if [[ $* == *"services[0]"* ]]; then answer before; else answer services-now; fi ;;
"ecs update-service") ;;
*) unexpected "$@" ;;
esac"""


_REGISTRY = """
case "$1 $2" in
"ssm get-parameter") answer services ;;
"ecr describe-images") [[ -e $here/answers/pushed ]] || exit 254; answer pushed ;;
"ecr get-login-password") echo token ;;
*) unexpected "$@" ;;
esac"""
_DOCKER = """
case "$1" in
login) cat >/dev/null ;;
buildx) echo "{\\"containerimage.digest\\": \\"$(answer built)\\"}" >built.json ;;
*) unexpected "$@" ;;
esac"""


def script(workflow: str, step: str) -> str:
    document = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text())
    (found,) = (one["run"] for one in document["jobs"]["deploy"]["steps"] if one.get("name") == step)
    return found


class Pipeline:
    """One step's script, run with stub commands."""

    def __init__(self, root: Path, text: str, aws: str, **env: str) -> None:
        self.root, self.text, self.env = root, text, env
        (root / "answers").mkdir()
        (root / "bin").mkdir()
        self._stub("aws", aws)

    def _stub(self, command: str, body: str) -> None:
        tool = self.root / "bin" / command
        tool.write_text(_STUB.format(here=self.root, command=command, body=body))
        tool.chmod(0o755)

    def site(self, *statuses: int) -> None:
        self.say("site", *map(str, statuses))
        self._stub("curl", 'exit "$(answer site)"')

    def say(self, what: str, *answers: str) -> None:
        (self.root / "answers" / what).write_text("".join(f"{one}\n" for one in answers))

    def run(self) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["bash", "-e", "-c", self.text],
            cwd=self.root,
            env={
                "PATH": f"{self.root}/bin:{os.environ['PATH']}",
                "PAUSE_S": "0",
                "PATIENCE": "12",
                **self.env,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        unexpected = self.root / "unexpected"
        assert not unexpected.exists(), unexpected.read_text()
        return done

    def calls(self, verb: str) -> list[str]:
        return [line for line in (self.root / "calls").read_text().splitlines() if f" {verb} " in f" {line} "]


# --- an image for ECS


@pytest.fixture
def image(tmp_path: Path) -> Pipeline:
    text, output = script("deploy-ecs.yml", "build and push"), str(tmp_path / "output")
    commit = {"GITHUB_SHA": "c0ffee", "GITHUB_OUTPUT": output}
    made = Pipeline(
        tmp_path, text, _REGISTRY, CONTRACT="/aiponge/prod", SERVICE="user", CONTEXT=".", **commit
    )
    made._stub("docker", _DOCKER)
    url = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user"
    made.say("services", json.dumps({"user": {"repositoryUrl": url}}))
    made.say("built", NEW)
    return made


def test_an_image_is_pushed_under_its_commit_and_deployed_by_digest(image: Pipeline) -> None:
    done = image.run()
    assert done.returncode == 0, done.stderr
    (built,) = image.calls("buildx")
    assert "--tag 111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user:c0ffee" in built
    assert (image.root / "output").read_text().endswith(f"/aiponge/user@{NEW}\n")


def test_another_run_for_the_same_commit_deploys_the_pushed_image(image: Pipeline) -> None:
    """The repository's tags are immutable: a second push would be refused."""
    image.say("pushed", OLD)
    assert image.run().returncode == 0
    (asked,) = image.calls("describe-images")
    assert "--repository-name aiponge/user --image-ids imageTag=c0ffee" in asked
    assert image.calls("buildx") == []
    assert (image.root / "output").read_text().endswith(f"/aiponge/user@{OLD}\n")


def test_an_answer_that_is_no_digest_is_not_deployed(image: Pipeline) -> None:
    image.say("pushed", "None")
    assert image.run().returncode != 0


# --- a docker host


@pytest.fixture
def host(tmp_path: Path) -> Pipeline:
    text = script("deploy-host.yml", "deploy, and roll back if that fails")
    made = Pipeline(tmp_path, text, _HOST, CONTRACT=PATH, DIGEST=NEW, HEALTH="/health/")
    made.say("deployDocument", '{"name":"cinematch-deploy","version":"7"}')
    made.say("instanceTag", '{"key":"Name","value":"cinematch-server"}')
    made.say("siteUrl", '"https://api.example.com"')
    made.say("command", "command-1", "command-2")
    made.say("image-digest", OLD)
    made.say("states", "Success")
    made.site(0)
    return made


def digests(host: Pipeline) -> list[str]:
    return [call.split("ImageDigest=")[1].split()[0] for call in host.calls("send-command")]


@pytest.mark.accepts("B5")
def test_a_digest_is_run_by_our_document_at_its_version_and_written_down(host: Pipeline) -> None:
    assert host.run().returncode == 0
    (sent,) = host.calls("send-command")
    assert "--document-name cinematch-deploy --document-version 7" in sent
    assert "--targets Key=tag:Name,Values=cinematch-server" in sent
    assert f"CloudWatchLogGroupName={PATH}/ssm-commands" in sent
    assert digests(host) == [NEW]
    (put,) = host.calls("put-parameter")
    assert put == f"ssm put-parameter --name {PATH}/image-digest --type String --value {NEW} --overwrite"


def test_it_waits_until_the_command_has_ended(host: Pipeline) -> None:
    host.say("states", "", "Pending", "InProgress", "Success")
    assert host.run().returncode == 0
    assert len(host.calls("list-command-invocations")) == 4


def test_a_failed_command_goes_back_to_the_digest_before(host: Pipeline) -> None:
    host.say("states", "InProgress", "Failed", "Success")
    done = host.run()
    assert done.returncode == 1
    assert digests(host) == [NEW, OLD]
    assert host.calls("put-parameter") == []


def test_success_on_one_of_two_hosts_is_a_failure(host: Pipeline) -> None:
    host.say("states", "Success\tTimedOut", "Success\tSuccess")
    assert host.run().returncode == 1
    assert digests(host) == [NEW, OLD]


def test_a_site_that_does_not_answer_goes_back_too(host: Pipeline) -> None:
    host.site(22)
    assert host.run().returncode == 1
    assert digests(host) == [NEW, OLD]


def test_a_first_deployment_that_fails_has_nothing_to_go_back_to(host: Pipeline) -> None:
    (host.root / "answers" / "image-digest").unlink()
    host.say("states", "Failed")
    assert host.run().returncode == 1
    assert digests(host) == [NEW]


@pytest.mark.failure(37)
def test_no_host_at_all_is_said(host: Pipeline) -> None:
    host.say("states", "")
    done = host.run()
    assert done.returncode == 1
    assert "cinematch-deploy matched 0 instances with Name=cinematch-server (agent offline?)" in done.stderr


def test_a_command_without_end_is_a_failure(host: Pipeline) -> None:
    host.say("states", "InProgress")
    done = host.run()
    assert done.returncode == 1
    assert "not finished after" in done.stderr


# --- a service in a cluster

BASE = "arn:aws:ecs:eu-west-1:111122223333:task-definition/aiponge-user:3"
MINE = "arn:aws:ecs:eu-west-1:111122223333:task-definition/aiponge-user:43"
BEFORE = "arn:aws:ecs:eu-west-1:111122223333:task-definition/aiponge-user:42"
IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user@{NEW}"
DEFINITION: dict[str, Any] = {
    "family": "aiponge-user",
    "taskDefinitionArn": BASE,
    "revision": 3,
    "status": "ACTIVE",
    "requiresAttributes": [],
    "compatibilities": ["FARGATE"],
    "registeredAt": "2026-11-22",
    "registeredBy": "arn:aws:sts::111122223333:assumed-role/aiponge-pulumi-up/1",
    "cpu": "512",
    "containerDefinitions": [
        {"name": "user", "image": "old", "secrets": [{"name": "JWT_SECRET", "valueFrom": "arn:secret"}]},
        {"name": "tls", "image": "sidecar"},
    ],
}


def deployments(definition: str, state: str, reason: str = "") -> str:
    primary = {
        "status": "PRIMARY",
        "taskDefinition": definition,
        "rolloutState": state,
        "rolloutStateReason": reason,
    }
    other = {"status": "ACTIVE", "taskDefinition": BEFORE, "rolloutState": "COMPLETED"}
    return json.dumps({"services": [{"deployments": [other, primary]}]})


@pytest.fixture
def cluster(tmp_path: Path) -> Pipeline:
    text = script("deploy-ecs.yml", "deploy, and wait until the deployment has completed")
    made = Pipeline(
        tmp_path,
        text,
        _CLUSTER,
        CONTRACT="/aiponge/prod",
        SERVICE="user",
        IMAGE=IMAGE,
        MIGRATE="",
        FIRST_TASKS="2",
    )
    service = {
        "serviceName": "aiponge-user",
        "taskFamily": "aiponge-user",
        "baseTaskDefinitionArn": BASE,
        "containerName": "user",
    }
    task = {"taskDefinitionArn": BASE.replace("user", "migrate"), "subnetIds": ["a"], "securityGroupId": "sg"}
    made.say("clusterName", '"aiponge-prod"')
    made.say("services", json.dumps({"user": service}))
    made.say("oneOffTasks", json.dumps({"migrate": task}))
    made.say("definition", json.dumps(DEFINITION))
    made.say("registered", MINE)
    made.say("before", json.dumps({"desiredCount": 3, "taskDefinition": BEFORE}))
    made.say("services-now", deployments(MINE, "IN_PROGRESS"), deployments(MINE, "COMPLETED"))
    return made


def test_a_service_of_a_large_stack_is_read_from_its_own_parameter(cluster: Pipeline) -> None:
    answers = cluster.root / "answers"
    (one,) = json.loads((answers / "services").read_text()).values()
    (answers / "services").unlink()
    cluster.say("user", json.dumps(one))
    assert cluster.run().returncode == 0
    (updated,) = cluster.calls("update-service")
    assert "--service aiponge-user" in updated


def test_only_the_image_is_replaced_and_secrets_come_from_the_base(cluster: Pipeline) -> None:
    assert cluster.run().returncode == 0
    registered = json.loads((cluster.root / "registered.json").read_text())
    assert registered == {
        "family": "aiponge-user",
        "cpu": "512",
        "containerDefinitions": [
            {**DEFINITION["containerDefinitions"][0], "image": IMAGE},
            DEFINITION["containerDefinitions"][1],
        ],
    }
    (update,) = cluster.calls("update-service")
    assert f"--task-definition {MINE} --desired-count 3" in update


def test_a_service_at_zero_is_raised(cluster: Pipeline) -> None:
    cluster.say("before", json.dumps({"desiredCount": 0, "taskDefinition": BEFORE}))
    assert cluster.run().returncode == 0
    assert "--desired-count 2" in cluster.calls("update-service")[0]


@pytest.mark.failure(29)
def test_a_rollback_that_ecs_calls_complete_is_a_failure(cluster: Pipeline) -> None:
    cluster.say(
        "services-now", deployments(MINE, "IN_PROGRESS"), deployments(BEFORE, "COMPLETED", "circuit breaker")
    )
    done = cluster.run()
    assert done.returncode == 1
    assert done.stderr == (
        "user: deployment FAILED, running aiponge-user:42, expected aiponge-user:43; circuit breaker\n"
    )


@pytest.mark.failure(29)
def test_a_failed_rollout_is_a_failure(cluster: Pipeline) -> None:
    cluster.say("services-now", deployments(MINE, "FAILED", "tasks failed to start"))
    done = cluster.run()
    assert done.returncode == 1
    assert "user: deployment FAILED; tasks failed to start" in done.stderr


def test_an_update_that_never_settles_is_taken_back(cluster: Pipeline) -> None:
    cluster.say("services-now", deployments(MINE, "IN_PROGRESS"))
    done = cluster.run()
    assert done.returncode == 1
    assert f"--task-definition {BEFORE}" in cluster.calls("update-service")[-1]


def test_a_migration_runs_first_with_the_new_image(cluster: Pipeline) -> None:
    cluster.env["MIGRATE"] = "migrate"
    cluster.say("task", "arn:task")
    cluster.say("exit-code", "0")
    assert cluster.run().returncode == 0
    order = [line.split()[1] for line in (cluster.root / "calls").read_text().splitlines()]
    assert order.index("run-task") < order.index("update-service")


def test_a_failed_migration_replaces_nothing(cluster: Pipeline) -> None:
    cluster.env["MIGRATE"] = "migrate"
    cluster.say("task", "arn:task")
    cluster.say("exit-code", "1")
    done = cluster.run()
    assert done.returncode == 1
    assert "migrate ended with 1: nothing was deployed" in done.stderr
    assert cluster.calls("update-service") == []
