from __future__ import annotations

import itertools

import boto3
import pytest

from sandbox import moto as emulator

_accounts = itertools.count(400000000001)


@pytest.fixture
def session() -> boto3.Session:
    return emulator.enter_account(str(next(_accounts)), "eu-west-1", "toy-pulumi-up")
