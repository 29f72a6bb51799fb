"""Searches task definitions, function environments, plain parameters and user data for secret values."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

from encryption_keys import Ring, RingError
from ops.checks.verify.ecs.tasks import defined
from ops.checks.verify.registry import Problem, check
from ops.core.aws_state import AwsState
from ops.core.secret_stores import stored_values
from settings.grants import StoreEntry

SHORTEST = 16
"""Shorter values would match by chance."""
_REMEDY = "remove it, then rotate the secret"


def spellings(text: str) -> set[str]:
    """The encodings in which a value may appear: plain, JSON, URL, hexadecimal and Base64."""
    raw = text.encode()
    return {
        text,
        json.dumps(text)[1:-1],
        quote(text, safe=""),
        raw.hex(),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }


@check("leaks-task-definitions", "A4", "A8")
def task_definitions(aws: AwsState) -> Iterator[Problem]:
    """No task definition in use contains a secret value."""
    known_values = _known_values(aws)
    for one in defined(aws):
        for name in _found(known_values, json.dumps(one.definition, default=str)):
            yield Problem(one.subject, f"its task definition contains the value of {name}", _REMEDY)


@check("leaks-functions", "A4")
def functions(aws: AwsState) -> Iterator[Problem]:
    """No function's environment contains a secret value."""
    known_values = _known_values(aws)
    for one in aws.list("lambda", "list_functions", "Functions"):
        if one["FunctionName"].startswith(aws.names.part("")):
            for name in _found(known_values, json.dumps(one.get("Environment", {}))):
                yield Problem(
                    f"function {one['FunctionName']}",
                    f"its environment contains the value of {name}",
                    _REMEDY,
                )


@check("leaks-parameters", "A4")
def plain_parameters(aws: AwsState) -> Iterator[Problem]:
    """No plain parameter under the stack's path contains a secret value."""
    known_values = _known_values(aws)
    path = aws.names.log_group("")[:-1]
    for one in aws.list("ssm", "get_parameters_by_path", "Parameters", Path=path, Recursive=True):
        if one["Type"] != "SecureString":
            for name in _found(known_values, one["Value"]):
                yield Problem(
                    f"parameter {one['Name']}", f"contains the value of {name} in plain text", _REMEDY
                )


@check("leaks-user-data", "A4", "B12", "B28")
def user_data(aws: AwsState) -> Iterator[Problem]:
    """No launch template version has a secret value in its user data."""
    known_values = _known_values(aws)
    for template in aws.list("ec2", "describe_launch_templates", "LaunchTemplates"):
        if not template["LaunchTemplateName"].startswith(aws.names.part("")):
            continue
        versions = aws.list(
            "ec2",
            "describe_launch_template_versions",
            "LaunchTemplateVersions",
            LaunchTemplateId=template["LaunchTemplateId"],
        )
        for version in versions:
            for name in _found(known_values, _opened(version["LaunchTemplateData"].get("UserData", ""))):
                yield Problem(
                    f"launch template {template['LaunchTemplateName']}",
                    f"version {version['VersionNumber']} contains the value of {name}",
                    _REMEDY,
                )


def _known_values(aws: AwsState) -> dict[str, set[str]]:
    """The texts to search for, by store name: values, keys of key rings and passwords of URLs, encoded."""
    return {
        entry.store_name: {spelling for part in _parts(entry, value.text) for spelling in spellings(part)}
        for entry, value in stored_values(aws)
    }


def _parts(entry: StoreEntry, text: str) -> Iterator[str]:
    parts = [text]
    if entry.ring:
        with suppress(RingError):
            parts += [base64.b64encode(key.secret).decode() for key in Ring.load(text).keys]
    elif entry.secret.connection_url:
        with suppress(ValueError):
            parts.append(urlsplit(text).password or "")
    return (part for part in parts if len(part) >= SHORTEST)


def _found(known_values: dict[str, set[str]], hay: str) -> list[str]:
    return [name for name, spelled in known_values.items() if any(one in hay for one in spelled)]


def _opened(user_data: str) -> str:
    """User data decoded from Base64, and from gzip where it is compressed."""
    try:
        raw = base64.b64decode(user_data, validate=True)
    except binascii.Error:
        return user_data
    if raw.startswith(b"\x1f\x8b"):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError):
            return user_data
    return raw.decode("utf-8", errors="replace")
