"""The emulated AWS: moto, corrected where it lies and completed where it is silent, for this process and its server."""

from __future__ import annotations

import os
from typing import Any

import boto3


def start() -> Any:
    """moto switched on in this process, with every correction installed; call ``stop`` on the answer."""
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "true")
    from moto import mock_aws
    from moto.core.models import MockAWS

    from sandbox.emulator import corrections, hooks

    corrections.install()
    if MockAWS._nested_count == 0:  # moto forgets everything now, and so do the corrections
        for forget in hooks.FORGET:
            forget()
    mock = mock_aws(
        config={"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}  # type: ignore[typeddict-item]
    )
    mock.start()
    return mock


def enter_account(account: str, region: str, role: str, endpoint: str | None = None) -> boto3.Session:
    """A session of ``role`` in ``account``, which moto then takes for the caller of ``up``."""
    from sandbox.emulator.accounts import SESSION

    arn = f"arn:aws:iam::{account}:role/{role}"
    outside = boto3.Session("AKIAEXAMPLEEXAMPLE00", "sandbox", region_name=region)
    sts = outside.client("sts", region_name=region, endpoint_url=endpoint)
    got = sts.assume_role(RoleArn=arn, RoleSessionName=SESSION)["Credentials"]
    session = boto3.Session(
        got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], region_name=region
    )
    iam = session.client("iam", region_name=region, endpoint_url=endpoint)
    try:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    return session
