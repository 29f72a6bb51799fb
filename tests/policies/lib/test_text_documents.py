"""Tests of documents as JSON or YAML, and of the keys of maps."""

from __future__ import annotations

import pytest
from rules.lib.text_documents import entry, parse


@pytest.mark.parametrize(
    "text", ['{"inputs": {"kmsKeyId": "k"}}', "inputs:\n  kmsKeyId: k\n", "inputs: {kmsKeyId: k}"]
)
def test_a_document_is_read_as_json_and_as_yaml(text: str) -> None:
    assert parse(text) == {"inputs": {"kmsKeyId": "k"}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "word",
        "[1]",
        "a: [",
        "!!python/object:os.system {}",
        "[" * 10**5,
        "{" * 10**5,
        "a: &a [*a]\nb: *b",
    ],
)
def test_what_is_no_object_is_empty(text: str) -> None:
    assert not set(parse(text)) - {"a"}


@pytest.mark.parametrize("key", ["account_ids", "accountIds", "AccountIds", "account-ids"])
def test_a_key_of_a_map_is_found_however_it_is_spelled(key: str) -> None:
    assert entry({key: "all", "type": "Share"}, "account_ids") == "all"


def test_an_absent_key_of_a_map_is_none() -> None:
    assert entry({"type": "Share"}, "account_ids") is None
