"""Tests of Host: a group of one instance, replaced on changes, started after what it depends on."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from tests.components.host.host_stack import PRIVATE_KEY, PRODUCTION, SSH, STAGING, stack
from tests.components.host.hosted import TARGETS, hosted, hosted_of
from tests.components.stand_ins import PRIVATE, key_arn
from tests.harness import Deployment


@pytest.fixture(scope="module")
def production() -> Deployment:
    return hosted()


@pytest.fixture(scope="module")
def group(production: Deployment) -> Any:
    return production.only("aws:autoscaling/group:Group")


@pytest.mark.accepts("B62")
def test_it_is_a_group_of_one_behind_the_load_balancer(group: Any) -> None:
    assert (group["minSize"], group["desiredCapacity"], group["maxSize"]) == (1, 1, 1)
    assert (group["healthCheckType"], group["healthCheckGracePeriod"]) == ("ELB", 900)
    assert group["targetGroupArns"] == [TARGETS]
    assert group["vpcZoneIdentifiers"] == PRIVATE.subnet_ids


@pytest.mark.accepts("B14")
def test_a_change_of_what_it_is_told_replaces_it(group: Any) -> None:
    assert "launchTemplate" in group.property_dependencies
    assert group["launchTemplate"]["id"] == "host-template-id"
    assert group["launchTemplate"]["version"] not in ("$Latest", "$Default")
    assert group["instanceRefresh"]["strategy"] == "Rolling"


def test_the_new_host_is_healthy_before_the_old_one_goes(group: Any) -> None:
    preferences = group["instanceRefresh"]["preferences"]
    assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (100, 200)
    assert preferences["autoRollback"] is True
    assert preferences["skipMatching"] is True
    assert group["instanceMaintenancePolicy"] == {"minHealthyPercentage": 100, "maxHealthyPercentage": 200}


@pytest.mark.accepts("B5")
def test_deployments_and_patching_find_it_by_its_tags(group: Any) -> None:
    tags = {tag["key"]: tag["value"] for tag in group["tags"] if tag["propagateAtLaunch"]}
    assert tags == {
        "App": "cinematch",
        "Env": "production",
        "ManagedBy": "pulumi",
        "Name": "cinematch-server",
        "PatchGroup": "cinematch-production",
    }


def test_it_boots_after_what_it_is_given_its_rights_and_its_log_groups(group: Any) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in group.depends_on}
    assert {"parameter", "listener"} <= waits
    assert {"host-ssm-parameters", "host-agents", "host-app", "host-host-auth", "host-host-syslog"} <= waits


@pytest.mark.accepts("B62")
@pytest.mark.parametrize("what", ["app", "host/auth", "host/syslog"])
def test_logs_are_encrypted_and_kept_for_a_year(production: Deployment, what: str) -> None:
    group = production.named(f"host-{what.replace('/', '-')}", "LogGroup")
    assert group["name"] == f"/cinematch/production/{what}"
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"] == key_arn("logs")


def test_it_hands_out_the_log_groups_that_are_counted_and_those_that_are_watched(
    production: Deployment,
) -> None:
    watched = {what: f"/cinematch/production/{what}" for what in ("host/auth", "host/syslog")}
    assert production.result["metrics"] == watched
    assert production.result["log_groups"] == {"app": "/cinematch/production/app", **watched}


def user_data_of(deployment: Deployment) -> str:
    return gzip.decompress(base64.b64decode(deployment.only("LaunchTemplate")["userData"])).decode()


@pytest.mark.accepts("B44")
def test_keys_of_people_are_written_only_while_ssh_is_enabled() -> None:
    ssh = {"authorizedKeys": ["ssh-ed25519 AAAA someone"]}
    assert "ssh-ed25519" not in user_data_of(hosted_of(stack(STAGING, platform={"ssh": ssh})))


def test_the_private_key_of_the_pipeline_is_in_no_file_of_the_host() -> None:
    entered_by_ssh = hosted_of(stack(PRODUCTION, platform=SSH, secrets=PRIVATE_KEY))
    assert "ec2-ssh-key" not in user_data_of(entered_by_ssh)
    assert "keyName" not in entered_by_ssh.only("LaunchTemplate").inputs
