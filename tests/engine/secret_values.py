"""Collects every secret value of an emulated account, and looks for them in files and texts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit

from sandbox import Sandbox
from sandbox.redaction import SHORTEST


def stored(sandbox: Sandbox) -> set[str]:
    """Every version in Secrets Manager and every SecureString, with the keys and passwords inside."""
    found: set[str] = set()
    store, parameters = sandbox.client("secretsmanager"), sandbox.client("ssm")
    for page in store.get_paginator("list_secrets").paginate():
        for one in page["SecretList"]:
            listed = store.list_secret_version_ids(SecretId=one["ARN"], IncludeDeprecated=True)
            for version in listed["Versions"]:
                held = store.get_secret_value(SecretId=one["ARN"], VersionId=version["VersionId"])
                found |= set(_inside(held["SecretString"]))
    for page in parameters.get_paginator("get_parameters_by_path").paginate(
        Path="/", Recursive=True, WithDecryption=True
    ):
        for one in page["Parameters"]:
            if one["Type"] == "SecureString":
                found |= set(_inside(one["Value"]))
    return {value for value in found if len(value) >= SHORTEST}


def _inside(value: str) -> Iterable[str]:
    yield value
    try:
        document = json.loads(value)
    except ValueError:
        document = None
    if isinstance(document, dict):
        for key in document.get("keys", []):
            yield key["key"]
        if isinstance(document.get("password"), str):
            yield document["password"]
    if password := urlsplit(value).password:
        yield password


def leaks(values: Iterable[str], folder: Path, texts: Iterable[str] = ()) -> list[str]:
    """Files and texts that contain a value as it is, in base64 or quoted; never the value."""
    spelled = {spelling for value in values for spelling in _spellings(value)}
    found = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(value in path.read_bytes() for value in spelled)
    ]
    return found + ["output" for text in texts if any(value in text.encode() for value in spelled)]


def _spellings(value: str) -> set[bytes]:
    raw = value.encode()
    return {raw, base64.b64encode(raw), quote(value, safe="").encode(), json.dumps(value)[1:-1].encode()}
