"""Tests of the images of a compose document: each by digest, or with a reason."""

from __future__ import annotations

import pytest

from settings.schema.services import HostSettings
from tests.components.host.host_stack import PRODUCTION, STAGING, stack
from tests.settings.checks.host.hosts import problems, web


def images(web_image: str, **unpinned: str) -> list[str]:
    compose = web(image=web_image, depends_on=None)["compose"]
    compose["services"] = {"web": compose["services"]["web"]}
    return problems(compose=compose, unpinnedImages=unpinned)


@pytest.mark.parametrize("image", ["${APP_IMAGE:?}", "${APP_IMAGE}", f"app@sha256:{'a' * 64}"])
def test_an_image_is_named_by_digest(image: str) -> None:
    assert images(image) == []


@pytest.mark.parametrize(
    "image", ["app", "app:1.2", "app@sha256:abc", "${DEBUG}", "${OTHER:-}", "$APP_IMAGE"]
)
def test_an_image_by_tag_is_refused(image: str) -> None:
    assert images(image) == [
        f"platform.compose.services.web.image={image}: a tag can change; write <repository>@sha256:<digest>, "
        "or give a reason under unpinnedImages"
    ]


def test_an_image_by_tag_needs_a_reason() -> None:
    assert images("app:1.2", **{"app:1.2": "Nobody can look its digest up here."}) == []
    assert images("app:1.2", **{"app:1.2": "because"}) == [
        "platform.unpinnedImages.app:1.2: a reason of 7 characters; write at least 20"
    ]


def test_a_reason_that_no_image_needs_is_refused() -> None:
    why = {"redis:7-alpine": "Nobody can look its digest up here."}
    assert images("${APP_IMAGE:?}", **why) == [
        "platform.unpinnedImages.redis:7-alpine: no service uses it without a digest; remove it"
    ]


@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_the_images_without_a_digest_are_these(name: str) -> None:
    """Each new entry is a decision; none may be left when the application goes live."""
    platform = stack(name).platform
    assert isinstance(platform, HostSettings)
    assert list(platform.unpinned_images) == ["redis:7-alpine"]
