"""Tests of Registry: one repository per service, with immutable tags and image scanning."""

from __future__ import annotations

import pytest

from components.ecs import Registry, RegistryArgs
from settings import read_stack_file
from tests.components.alone import build
from tests.components.stand_ins import key_arn, keys
from tests.harness import Deployment

IMAGES = ("api-gateway", "user", "reencrypt")


@pytest.fixture(scope="module")
def prod() -> Deployment:
    names = read_stack_file("prod").names
    return build(lambda: Registry("registry", RegistryArgs(names=names, repositories=IMAGES, keys=keys())))


def test_every_service_and_tool_has_one_repository(prod: Deployment) -> None:
    names = {one["name"] for one in prod.all("aws:ecr/repository:Repository")}
    assert names == {f"aiponge/{image}" for image in IMAGES}


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("image", IMAGES)
def test_a_tag_never_moves_and_every_push_is_scanned(prod: Deployment, image: str) -> None:
    one = prod.named(f"registry-{image}", "Repository")
    assert one["imageTagMutability"] == "IMMUTABLE"
    assert one["imageScanningConfiguration"] == {"scanOnPush": True}


@pytest.mark.accepts("A51")
@pytest.mark.parametrize("image", IMAGES)
def test_images_are_encrypted_with_our_data_key_and_not_thrown_away(prod: Deployment, image: str) -> None:
    one = prod.named(f"registry-{image}", "Repository")
    assert one["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": key_arn("data")}]
    assert one["forceDelete"] is False


@pytest.mark.parametrize("image", IMAGES)
def test_old_images_go_but_never_the_last_hundred(prod: Deployment, image: str) -> None:
    policy = prod.named(f"registry-{image}", "LifecyclePolicy")
    assert policy["repository"] == f"aiponge/{image}"
    untagged, tagged = policy.document("policy")["rules"]
    assert untagged["selection"]["tagStatus"] == "untagged"
    assert (untagged["selection"]["countUnit"], untagged["selection"]["countNumber"]) == ("days", 14)
    assert tagged["selection"]["tagStatus"] == "tagged"
    assert (tagged["selection"]["countType"], tagged["selection"]["countNumber"]) == (
        "imageCountMoreThan",
        100,
    )
