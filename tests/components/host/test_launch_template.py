"""Tests of the launch template: private, encrypted, monitored, without key pair, IMDSv2 with one hop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.host.hosted import GROUP, IMAGE, hosted
from tests.components.stand_ins import key_arn
from tests.harness import Deployment


@pytest.fixture(scope="module")
def production() -> Deployment:
    return hosted()


@pytest.fixture(scope="module")
def template(production: Deployment) -> Any:
    return production.only("LaunchTemplate")


@pytest.mark.accepts("B62")
def test_only_the_host_itself_reaches_its_metadata(template: Any) -> None:
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "httpProtocolIpv6": "disabled",
        "instanceMetadataTags": "disabled",
    }


@pytest.mark.accepts("B15")
def test_there_is_no_key_pair(template: Any) -> None:
    assert "keyName" not in template.inputs


@pytest.mark.accepts("B62")
def test_the_volume_is_encrypted_with_our_key(template: Any) -> None:
    (volume,) = template["blockDeviceMappings"]
    assert volume["ebs"]["encrypted"] == "true"
    assert volume["ebs"]["kmsKeyId"] == key_arn("data")
    assert (volume["ebs"]["volumeType"], volume["ebs"]["deleteOnTermination"]) == ("gp3", "true")


@pytest.mark.accepts("B62")
def test_it_has_no_public_address_and_one_group(template: Any) -> None:
    (interface,) = template["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"
    assert interface["securityGroups"] == [GROUP]
    assert interface["deleteOnTermination"] == "true"


@pytest.mark.accepts("B62")
def test_it_is_watched_closely_and_not_stopped_by_hand(template: Any) -> None:
    assert template["monitoring"] == {"enabled": True}
    assert template["disableApiTermination"] is True
    assert template["ebsOptimized"] == "true"
    assert template["instanceInitiatedShutdownBehavior"] == "terminate"
    assert template["updateDefaultVersion"] is True


@pytest.mark.accepts("B4", "B62")
def test_it_starts_from_the_looked_up_image_with_the_profile_of_its_role(
    template: Any, production: Deployment
) -> None:
    assert template["imageId"] == IMAGE
    assert template["iamInstanceProfile"] == {"arn": production.named("host-profile", "InstanceProfile").arn}


def test_everything_it_starts_with_carries_its_tags(template: Any) -> None:
    tagged = {one["resourceType"]: one["tags"] for one in template["tagSpecifications"]}
    assert tagged.keys() == {"instance", "volume", "network-interface"}
    assert all(tags["Env"] == "production" and tags["App"] == "cinematch" for tags in tagged.values())
