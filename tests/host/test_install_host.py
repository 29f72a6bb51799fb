"""Tests of a host's installation: it waits, tries again, checks effects, and reports what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.host.installation import LOCK_WAITS, ROUNDS
from settings.host_env import HOST_PARTS
from tests.host.first_boot import FirstBoot, first_boot

LISTS = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (apt-get)"
FRONTEND = (
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?"
)
DPKG = "dpkg: error: dpkg frontend lock was locked by another process with pid 812"
UNREACHABLE = "Temporary failure in name resolution"
STEPS = {
    "packages": ("update", "install", "docker"),
    "metadata-guard": ("enable.metadata-guard", "guard"),
    "aws-cli": ("seed", "snap"),
    "app-update": ("enable.app-update", "start"),
    "cloudwatch-agent": ("curl", "gpg", "agent", "agent-start"),
}
"""Each part with the steps that install it."""
EFFECTS = {
    "packages": ("install", "docker"),
    "metadata-guard": ("enable.metadata-guard", "guard"),
    "aws-cli": ("snap",),
    "app-update": ("enable.app-update", "start"),
    "cloudwatch-agent": ("agent", "agent-start"),
}
"""Each part with the steps without whose effect it is missing."""
PLACES = {
    "packages": "active/docker",
    "metadata-guard": "dropped",
    "aws-cli": "bin/aws",
    "app-update": "active/app-update",
    "cloudwatch-agent": "active/agent",
}
"""Each part with what it leaves on the host."""


@pytest.fixture
def host(tmp_path: Path) -> FirstBoot:
    return first_boot(tmp_path)


def test_every_part_has_its_steps_here() -> None:
    assert tuple(STEPS) == tuple(EFFECTS) == HOST_PARTS


def test_a_first_boot_installs_every_part_and_reports_that_none_is_missing(host: FirstBoot) -> None:
    host.boot()
    assert host.tick() == 0
    assert host.complete
    assert host.reports == [(0, [])]


def test_the_guard_is_in_place_before_the_application_starts(host: FirstBoot) -> None:
    host.boot()
    host.tick()
    order = host.calls("systemctl ")
    assert order.index("systemctl restart metadata-guard") < order.index(
        "systemctl start --no-block app-update"
    )


@pytest.mark.parametrize("step", [step for names in STEPS.values() for step in names])
def test_three_failures_of_a_step_leave_a_complete_host(host: FirstBoot, step: str) -> None:
    host.fails(step, *[UNREACHABLE] * 3)
    host.boot()
    assert host.tick() == 0
    assert host.complete
    assert host.reports[-1] == (0, [])


@pytest.mark.parametrize("step", [names[0] for names in STEPS.values()])
def test_what_fails_for_a_whole_run_is_repeated_by_the_timer(host: FirstBoot, step: str) -> None:
    host.fails(step, *[UNREACHABLE] * (ROUNDS + 2))
    host.boot()
    assert host.tick() == 1
    assert not host.complete
    assert host.tick() == 0
    assert host.complete
    assert host.reports[-1] == (0, [])


@pytest.mark.parametrize(("step", "said"), [("configure", DPKG), ("update", LISTS), ("install", FRONTEND)])
def test_a_busy_lock_is_waited_for(host: FirstBoot, step: str, said: str) -> None:
    host.fails(step, *[said] * LOCK_WAITS)
    host.boot()
    assert host.tick() == 0
    assert host.complete
    assert len(host.calls("sleep ")) == LOCK_WAITS
    assert host.reports == [(0, [])]


def test_a_package_that_cannot_be_configured_does_not_stop_the_installation(host: FirstBoot) -> None:
    host.fails("configure", *["dpkg: error processing package grub-pc (--configure):"] * 1000)
    host.boot()
    assert host.tick() == 0
    assert host.complete


def test_a_lock_is_waited_for_while_the_agent_is_installed(host: FirstBoot) -> None:
    host.fails("agent", FRONTEND)
    host.boot()
    assert host.tick() == 0
    assert host.reports == [(0, [])]


def test_a_lock_that_stays_busy_ends_the_wait_and_is_reported(host: FirstBoot) -> None:
    host.fails("update", *[LISTS] * 1000)
    host.boot()
    assert host.tick() == 1
    updates = [call for call in host.calls("apt-get ") if call.endswith(" update")]
    assert len(updates) == LOCK_WAITS + ROUNDS
    assert {missing for _, missing in host.reports for missing in missing} >= {"packages", "metadata-guard"}


def test_a_failure_that_is_no_lock_is_not_waited_for(host: FirstBoot) -> None:
    host.fails("update", "E: Unable to locate package docker.io")
    host.boot()
    host.tick()
    assert len(host.calls("sleep ")) == 1


@pytest.mark.parametrize(
    ("part", "step"), [(part, step) for part, names in EFFECTS.items() for step in names]
)
def test_a_step_that_returns_0_without_effect_is_no_success(host: FirstBoot, part: str, step: str) -> None:
    host.idles(step)
    host.boot()
    assert host.tick() == 1
    assert (0, []) not in host.reports
    assert all(part in missing and number == len(missing) for number, missing in host.reports)
    host.idles(step, False)
    assert host.tick() == 0
    assert host.complete


@pytest.mark.parametrize("part", PLACES)
def test_a_part_that_is_lost_later_is_installed_again(host: FirstBoot, part: str) -> None:
    host.boot()
    host.tick()
    host.loses(PLACES[part])
    assert host.tick() == 0
    assert host.complete


def test_a_package_that_is_lost_later_is_installed_again(host: FirstBoot) -> None:
    host.boot()
    host.tick()
    host.loses("packages/gnupg")
    assert host.tick() == 0
    assert host.has("packages/gnupg")


def test_a_host_without_the_aws_cli_reports_nothing_and_does_not_succeed(host: FirstBoot) -> None:
    host.fails("snap", *[UNREACHABLE] * 1000)
    host.boot()
    assert host.tick() == 1
    assert host.reports == []
    assert host.has("active/agent")


def test_a_report_that_fails_is_no_success_and_is_tried_again(host: FirstBoot) -> None:
    host.fails("report", *["AccessDenied"] * ROUNDS)
    host.boot()
    assert host.tick() == 1
    assert host.complete
    assert host.tick() == 0
    assert host.reports == [(0, [])]


def test_a_complete_host_is_left_alone_and_reports_at_every_run(host: FirstBoot) -> None:
    host.boot()
    host.tick()
    changing = ("apt-get ", "snap ", "curl ", "systemctl enable", "systemctl restart", "systemctl start")
    before = [host.calls(one) for one in changing]
    assert [host.tick(), host.tick()] == [0, 0]
    assert [host.calls(one) for one in changing] == before
    assert host.reports == [(0, [])] * 3
