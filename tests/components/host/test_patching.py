"""Tests of Patching: weekly security updates for the host's own release, on this stack's hosts only."""

from __future__ import annotations

import pytest

from components.host import Patching, PatchingArgs
from tests.components.alone import build
from tests.components.host.host_stack import stack
from tests.harness import Deployment

pytestmark = pytest.mark.accepts("B62")


@pytest.fixture(scope="module")
def production() -> Deployment:
    args = PatchingArgs(
        names=stack().names,
        ubuntu="24.04",
        tags={"App": "cinematch", "Env": "production"},
        log_group="/cinematch/production/ssm-commands",
    )
    return build(lambda: Patching("patching", args))


def test_every_security_update_of_the_release_is_approved_at_once(production: Deployment) -> None:
    baseline = production.only("PatchBaseline")
    assert baseline["operatingSystem"] == "UBUNTU"
    (rule,) = baseline["approvalRules"]
    assert rule["approveAfterDays"] == 0
    assert rule["enableNonSecurity"] is False
    assert rule["complianceLevel"] == "HIGH"
    assert rule["patchFilters"] == [
        {"key": "PRODUCT", "values": ["Ubuntu24.04"]},
        {"key": "PRIORITY", "values": ["Required", "Important", "Standard", "Optional", "Extra"]},
        {"key": "SECTION", "values": ["*"]},
    ]


def test_the_hosts_use_the_baseline(production: Deployment) -> None:
    group = production.only("PatchGroup")
    assert group["patchGroup"] == "cinematch-production"
    assert group["baselineId"] == "patching-baseline-id"


def test_the_window_is_weekly_and_closes_before_it_ends(production: Deployment) -> None:
    window = production.only("MaintenanceWindow")
    assert window["schedule"] == "cron(0 0 4 ? * SUN *)"
    assert window["cutoff"] < window["duration"]
    assert window["allowUnassociatedTargets"] is False


def test_only_hosts_of_this_stack_are_patched(production: Deployment) -> None:
    target = production.only("MaintenanceWindowTarget")
    assert target["resourceType"] == "INSTANCE"
    assert target["targets"] == [
        {"key": "tag:App", "values": ["cinematch"]},
        {"key": "tag:Env", "values": ["production"]},
    ]


def test_updates_are_installed_not_only_counted(production: Deployment) -> None:
    task = production.only("MaintenanceWindowTask")
    assert (task["taskType"], task["taskArn"]) == ("RUN_COMMAND", "AWS-RunPatchBaseline")
    assert task["targets"] == [{"key": "WindowTargetIds", "values": ["patching-target-id"]}]
    command = task["taskInvocationParameters"]["runCommandParameters"]
    assert command["parameters"] == [
        {"name": "Operation", "values": ["Install"]},
        {"name": "RebootOption", "values": ["RebootIfNeeded"]},
    ]
    assert command["cloudwatchConfig"] == {
        "cloudwatchOutputEnabled": True,
        "cloudwatchLogGroupName": "/cinematch/production/ssm-commands",
    }


def test_one_host_at_a_time_is_patched_and_a_failure_stops_the_rest(production: Deployment) -> None:
    task = production.only("MaintenanceWindowTask")
    assert (task["maxConcurrency"], task["maxErrors"]) == ("1", "1")
    assert task["taskInvocationParameters"]["runCommandParameters"]["timeoutSeconds"] == 3600
