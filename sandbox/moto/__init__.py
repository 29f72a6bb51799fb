"""Emulates AWS with moto, and corrects and completes moto: ``start``, ``enter_account``, ``session_of``.

``services`` holds one module for each AWS service; the modules beside it are the machinery that they use.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

import boto3
import botocore.session
from botocore.loaders import create_loader

from sandbox import validation

LOADER = create_loader()


def start() -> Any:
    """Start moto in this process with every correction installed; call ``stop`` on the result."""
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "true")
    from moto import mock_aws
    from moto.core.models import MockAWS

    from sandbox.moto import hooks, install

    install.install()
    if MockAWS._nested_count == 0:  # moto drops all data here, and so must the corrections
        for forget in hooks.FORGET:
            forget()
    mock = mock_aws(
        config={"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}  # type: ignore[typeddict-item]
    )
    mock.start()
    return mock


def session_of(region: str, key: str, secret: str, token: str | None = None) -> boto3.Session:
    """A session that shares parsed service models with all others; loading EC2's takes half a second."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    validation.install(core)
    return boto3.Session(key, secret, token, region_name=region, botocore_session=core)


def enter_account(account: str, region: str, role: str, endpoint: str | None = None) -> boto3.Session:
    """A session of ``role`` in ``account``: moto sees it as the caller of ``up``."""
    from sandbox.moto.accounts import SESSION

    arn = f"arn:aws:iam::{account}:role/{role}"
    outside = session_of(region, "AKIAEXAMPLEEXAMPLE00", "sandbox")
    sts = outside.client("sts", region_name=region, endpoint_url=endpoint)
    got = sts.assume_role(RoleArn=arn, RoleSessionName=SESSION)["Credentials"]
    session = session_of(region, got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
    iam = session.client("iam", region_name=region, endpoint_url=endpoint)
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    return session
