"""Tests of comparing two sets of inputs by meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown

from sandbox.provider import diff


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({"a": 1}, {"a": 1.0}, ()),
        ({"a": '{"x": 1, "y": [2]}'}, {"a": '{"y":[2],"x":1}'}, ()),
        ({"a": None}, {}, ()),
        ({"a": 1}, {"a": 2}, ("a",)),
        ({"a": True}, {"a": 1}, ("a",)),
        ({"a": [1, 2]}, {"a": [2, 1]}, ("a",)),
        ({"a": "x"}, {"a": Unknown()}, ("a",)),
        ({"a": {"b": "x"}}, {"a": {"b": Unknown()}}, ("a",)),
        ({"__internal": 1}, {}, ()),
    ],
)
def test_differences_are_of_meaning(
    old: dict[str, Any], new: dict[str, Any], changed: tuple[str, ...]
) -> None:
    assert diff.changed(old, new) == changed


def test_archives_differ_by_content_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    folder = pulumi.FileArchive(str(tmp_path))
    text = pulumi.AssetArchive({"a.py": pulumi.StringAsset("x = 1\n")})
    other = pulumi.AssetArchive({"a.py": pulumi.StringAsset("x = 2\n")})
    assert diff.canonical(folder) == diff.canonical(text) != diff.canonical(other)


def test_an_unchanged_resource_has_the_programs_asset_and_not_the_digest_that_was_saved() -> None:
    code = pulumi.StringAsset("x")
    saved = {"code": {"digest": "d"}, "arn": "a", "size": 1}
    assert diff.with_assets(saved, {"code": code, "size": 2, "extra": code}) == {**saved, "code": code}


def test_ignored_paths_keep_the_old_value() -> None:
    old, new = {"tags": {"a": "1", "b": "1"}, "x": 1}, {"tags": {"a": "2", "b": "2"}, "x": 2}
    assert diff.keep_ignored(old, new, ['tags["a"]']) == {"tags": {"a": "1", "b": "2"}, "x": 2}
    assert diff.keep_ignored(old, new, ["*"]) == old
