"""Tests of the repositories' checks: each weakened setting is found."""

from __future__ import annotations

import pytest

from tests.ops.live import Live, Make, Undo


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
    pytest.param(repository_with_moving_tags, "images"),
    pytest.param(repository_without_scans, "images"),
]


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_a_repository_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}
