"""Tests of the paths that are added to moto, for calls in this process and through its server."""

from __future__ import annotations

import pytest

from sandbox.moto import routes


@pytest.mark.parametrize("path", [r"{0}/restore-testing/.*$", r"{0}/detector/[^/]+/ipset$", "{0}/a(/b)?$"])
def test_a_path_that_moto_serves_in_this_process_only_is_refused(path: str) -> None:
    """Its server would take the pattern literally, and answer 404."""
    with pytest.raises(ValueError, match="write what varies as a named group"):
        routes.add_path("backup", path)


def test_a_path_with_named_groups_is_accepted() -> None:
    path = r"{0}/of-a-test/(?P<name>[^/]+)/more$"
    routes.add_path("backup", path)
    from moto.backup import urls

    assert urls.url_paths.pop(path)
