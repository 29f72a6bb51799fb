"""Tests of the workflows: pinned actions, no token in a command, no AWS role for pull requests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.bootstrap.documents.trust import WORKFLOW
from settings import read_stack_file
from settings.stack_file import ROOT
from tests.program import STACKS
from tests.tools import ACTIONLINT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SOURCES = [*WORKFLOWS, *sorted((ROOT / ".github" / "actions").rglob("action.yml"))]
USES = re.compile(r"uses:\s*(\S+?)@(\S+)(?:\s+#\s*(\S+))?")
each = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.parent.name + "/" + path.name)


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())


def jobs(name: str = "infra.yml") -> dict[str, dict[str, Any]]:
    return workflow(name)["jobs"]


def pins() -> dict[str, dict[str, str]]:
    return yaml.safe_load((ROOT / ".github" / "pins.yaml").read_text())


@pytest.mark.accepts("B16", "B17", "B26")
@each
def test_no_static_aws_key_is_named(path: Path) -> None:
    assert not re.search(
        r"aws[-_](access[-_]key[-_]id|secret[-_]access[-_]key|session[-_]token)", path.read_text(), re.I
    )


@pytest.mark.accepts("B16", "B54")
@each
def test_the_only_secrets_of_github_are_docker_hubs(path: Path) -> None:
    named = set(re.findall(r"secrets\.(\w+)", path.read_text()))
    allowed = {"DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN"} if path.name == "deploy-host.yml" else set()
    assert named == allowed


@each
def test_every_action_is_pinned_to_the_listed_commit(path: Path) -> None:
    for action, commit, version in USES.findall(path.read_text()):
        assert re.fullmatch(r"[0-9a-f]{40}", commit), action
        assert (pins()[action]["sha"], pins()[action]["version"]) == (commit, version)


def test_no_listed_pin_is_unused_and_every_commit_is_known() -> None:
    used = {action for path in SOURCES for action, _, _ in USES.findall(path.read_text())}
    assert used == set(pins())
    assert [action for action, pin in pins().items() if not re.fullmatch(r"[0-9a-f]{40}", pin["sha"])] == []


@pytest.mark.attack(11)
@pytest.mark.parametrize(
    "path", [*SOURCES, ROOT / "Makefile", ROOT / ".ci" / "run"], ids=lambda path: path.name
)
def test_nothing_prints_more_than_it_must(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"(^|\s)(-v[=\s]?\d+|--verbose|--logtostderr|--show-secrets|--debug)\b", text)
    assert not re.search(r"\b(set -[a-z]*x|bash -[a-z]*x|xtrace)", text)


@each
def test_what_comes_from_outside_is_no_part_of_a_command(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    steps = document.get("runs", {}).get("steps") or [
        step for job in document["jobs"].values() for step in job["steps"]
    ]
    for step in steps:
        used = re.findall(r"\$\{\{\s*([\w.-]+)", step.get("run", ""))
        # The matrix is part of the workflow itself.
        assert [one for one in used if not one.startswith("matrix.")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_can_do_nothing_it_does_not_say(path: Path) -> None:
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}
    for job in jobs(path.name).values():
        extra = {key: value for key, value in job.get("permissions", {}).items() if key != "contents"}
        assert extra in ({}, {"id-token": "write"})


def runs_for_pull_requests(job: dict[str, Any]) -> bool:
    condition = job.get("if", "")
    return "github.event_name == 'push'" not in condition and "== 'schedule'" not in condition


@pytest.mark.accepts("B2")
def test_a_pull_request_gets_no_token_and_no_environment() -> None:
    open_jobs = {name: job for name, job in jobs().items() if runs_for_pull_requests(job)}
    assert set(open_jobs) == {"check", "stacks", "sandbox"}
    for job in open_jobs.values():
        assert "permissions" not in job
        assert "environment" not in job
        assert not [step for step in job["steps"] if "pulumi" in str(step.get("uses", ""))]


def test_a_pull_request_previews_every_stack_in_the_sandbox() -> None:
    sandbox = jobs()["sandbox"]
    assert sandbox["strategy"]["matrix"]["stack"] == "${{ fromJSON(needs.stacks.outputs.stacks) }}"
    assert sorted(listed()["stacks"]) == sorted(STACKS)
    assert sandbox["steps"][-1]["run"] == "make preview STACK=${{ matrix.stack }}"


@cache
def listed() -> dict[str, Any]:
    """The outputs of the job that lists the stacks, as its command prints them."""
    command = jobs()["stacks"]["steps"][-1]["run"].partition(" >>")[0].split()
    done = subprocess.run(
        [sys.executable, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {
        name: json.loads(text) for name, _, text in (line.partition("=") for line in done.stdout.splitlines())
    }


def targets(job: str) -> dict[str, str]:
    expression = jobs()[job]["strategy"]["matrix"]["include"]
    (output,) = re.findall(r"^\$\{\{ fromJSON\(needs\.stacks\.outputs\.(\w+)\) \}\}$", expression)
    needs = jobs()[job]["needs"]
    assert "stacks" in ([needs] if isinstance(needs, str) else needs)
    return {one["stack"]: one["environment"] for one in listed()[output]}


def test_every_list_of_stacks_is_an_output_of_its_job() -> None:
    assert jobs()["stacks"]["outputs"] == {
        name: f"${{{{ steps.list.outputs.{name} }}}}" for name in ("stacks", "all", "staging", "production")
    }
    assert set(listed()) == set(jobs()["stacks"]["outputs"])


def test_production_is_updated_after_staging_only() -> None:
    for job, production in (("up-staging", False), ("up-production", True)):
        assert {read_stack_file(stack).environment.production for stack in targets(job)} == {production}


def test_each_stack_is_run_from_the_environment_its_roles_trust() -> None:
    both = targets("up-staging") | targets("up-production")
    for stack in STACKS:
        delivery = read_stack_file(stack).delivery
        assert delivery is not None
        assert both[stack] == delivery.environment
    assert targets("drift") == targets("due") == both
    for name in ("preview-staging", "preview-production", "drift", "due"):
        assert jobs()[name]["environment"] == "${{ matrix.environment }}-preview"
    for name in ("up-staging", "up-production"):
        assert jobs()[name]["environment"] == "${{ matrix.environment }}"


def test_the_roles_trust_this_very_workflow() -> None:
    assert (ROOT / WORKFLOW).is_file()


def test_production_follows_staging_and_each_update_its_preview() -> None:
    assert jobs()["preview-staging"]["needs"] == ["stacks", "check", "sandbox"]
    assert jobs()["up-staging"]["needs"] == ["stacks", "preview-staging"]
    assert jobs()["preview-production"]["needs"] == ["stacks", "up-staging"]
    assert jobs()["up-production"]["needs"] == ["stacks", "preview-production"]


def role(job: str) -> str:
    (step,) = (one for one in jobs()[job]["steps"] if one.get("uses") == "./.github/actions/pulumi")
    return step["with"]["role"]


def test_previews_have_the_reading_role() -> None:
    assert {role(name) for name in ("preview-staging", "preview-production", "drift", "due")} == {"plan"}
    assert {role(name) for name in ("up-staging", "up-production")} == {"up"}


def test_an_update_happens_only_after_it_equals_the_approved_preview() -> None:
    for name in ("up-staging", "up-production"):
        runs = [step.get("run", "") for step in jobs()[name]["steps"]]
        compared = next(i for i, run in enumerate(runs) if "ops.ci.preview_diff compare" in run)
        updated = next(i for i, run in enumerate(runs) if run.startswith("pulumi up"))
        verified = next(i for i, run in enumerate(runs) if "ops verify" in run)
        assert compared < updated < verified


def test_every_pulumi_run_is_judged_and_wide() -> None:
    for name, job in jobs().items():
        for step in job["steps"]:
            for line in step.get("run", "").splitlines():
                if re.search(r"\bpulumi (preview|up) ", line):
                    assert "--policy-pack policies --policy-pack-config policy-config.json" in line, name
                    assert "--parallel 64" in line, name


@pytest.mark.attack(47)
def test_pulumi_finds_the_virtual_environment_active() -> None:
    action = yaml.safe_load((ROOT / ".github" / "actions" / "pulumi" / "action.yml").read_text())
    steps = [step.get("run", step.get("uses", "")) for step in action["runs"]["steps"]]
    made, installed = (
        steps.index("make setup"),
        next(i for i, one in enumerate(steps) if "pulumi/actions" in one),
    )
    activated = "\n".join(steps[made + 1 : installed])
    assert 'echo "VIRTUAL_ENV=$PWD/.venv" >>"$GITHUB_ENV"' in activated
    assert 'echo "$PWD/.venv/bin" >>"$GITHUB_PATH"' in activated


def test_no_update_puts_back_what_was_changed_by_hand() -> None:
    updates = [
        line
        for job in jobs().values()
        for step in job["steps"]
        for line in step.get("run", "").splitlines()
        if re.search(r"\bpulumi (up|refresh)\b", line)
    ]
    assert updates
    assert not [line for line in updates if re.search(r"--refresh|pulumi refresh", line)]


def test_drift_is_looked_for_every_night() -> None:
    assert workflow("infra.yml")[True]["schedule"]
    assert "--refresh --expect-no-changes" in jobs()["drift"]["steps"][-1]["run"]


@pytest.mark.parametrize("store", ["secretsmanager/secretVersion:SecretVersion", "ssm/parameter:Parameter"])
def test_drift_is_looked_for_without_reading_a_secret(store: str) -> None:
    assert f"--exclude '**aws:{store}**'" in jobs()["drift"]["steps"][-1]["run"]


@pytest.mark.accepts("B33")
def test_the_age_of_every_secret_is_looked_at_every_night() -> None:
    assert jobs()["due"]["if"] == "github.event_name == 'schedule'"
    assert jobs()["due"]["steps"][-1]["run"] == '.venv/bin/python -m ops due --stack "$STACK"'


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path: Path) -> None:
    if not Path(ACTIONLINT).is_file():
        pytest.skip("actionlint is missing: build it with `python -m tools.go.build actionlint`")
    done = subprocess.run([ACTIONLINT, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
