"""Checks that environment variables and user data contain no credentials, encoded ones included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from secret_detection import FORMATS, scan

from rules.lib.environment_variables import containers, credentials, variables
from rules.lib.resource_types import EC2_INSTANCE_SOURCES, FUNCTION, TASK_DEFINITION
from rules.pack.config import Configuration
from rules.pack.properties import parts, text
from rules.pack.rule import M, Resource, resource_rule

_STORED = re.compile(r"arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:(\d{12}):.+")


def _values(one: Resource, config: Configuration) -> Iterator[str]:
    yield from credentials(variables(one))
    if one.type == FUNCTION:
        return
    for container in containers(one.props):
        for secret in parts(container, "secrets"):
            stored = _STORED.fullmatch(text(secret, "valueFrom"))
            if stored is None:
                yield f"{text(container, 'name')}.secrets.{text(secret, 'name')} is not taken from a full ARN"
            elif config.account_id and stored[1] != config.account_id:
                yield f"{text(container, 'name')}.secrets.{text(secret, 'name')} is in another account"


def user_data(one: Resource) -> str:
    """The user data of an instance or launch template, as declared."""
    return text(one.props, "userData") or text(one.props, "userDataBase64")


def _deep(one: Resource, _: Configuration) -> list[str]:
    return [f"user data contains a credential ({kind})" for kind in sorted(set(scan(user_data(one))))]


def _plain(one: Resource, _: Configuration) -> list[str]:
    return [
        f"user data contains a credential ({kind})" for kind, form in FORMATS if form.search(user_data(one))
    ]


RULES = [
    resource_rule(
        "own-env-secret-value",
        M,
        (TASK_DEFINITION, FUNCTION),
        "No environment variable has the value of a credential; secrets come from this account's stores.",
        "inject it through secrets, with the full ARN",
        finds=_values,
    ),
    resource_rule(
        "own-user-data-secret",
        M,
        EC2_INSTANCE_SOURCES,
        "User data contains no credential, also when decoded from base64, gzip or cloud-init.",
        "fetch the credential at run time",
        finds=_deep,
        requirements=("B12",),
    ),
    resource_rule(
        "ec2-no-secrets-user-data",
        M,
        EC2_INSTANCE_SOURCES,
        "User data contains no credential in plain text.",
        "fetch the credential at run time",
        finds=_plain,
        requirements=("B12",),
    ),
]
