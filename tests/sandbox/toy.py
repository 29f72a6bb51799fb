"""Small programs, each in an account of its own, so that all tests share one emulated AWS."""

from __future__ import annotations

import base64
import itertools
import textwrap
from pathlib import Path
from typing import Any

import boto3
import yaml
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from sandbox import Result, Sandbox
from sandbox.config import ROUNDS
from sandbox.verification import Report
from settings import Settings

_accounts = itertools.count(300000000001)
HEAD = """
import json
import pulumi
import pulumi_aws as aws
import pulumi_random as random
config = pulumi.Config()
"""


def project(
    folder: Path, program: str, config: dict[str, Any] | None = None, declared: dict[str, Any] | None = None
) -> Path:
    """A project called ``toy`` with one stack ``dev`` and this program."""
    folder.mkdir(parents=True, exist_ok=True)
    head = {"name": "toy", "runtime": "python", **({"config": declared} if declared else {})}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(head))
    values = {
        "toy:region": "eu-west-1",
        "toy:accountId": str(next(_accounts)),
        "toy:application": {"name": "toy"},
        **(config or {}),
    }
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": values}))
    write(folder, program)
    return folder


def write(folder: Path, program: str) -> None:
    """Replace the program of the project."""
    (folder / "__main__.py").write_text(HEAD + textwrap.dedent(program))


def sandbox(folder: Path, **how: Any) -> Sandbox:
    """The sandbox of the project, without policies unless the test passes a pack."""
    return Sandbox("dev", root=folder, **{"pack": None, **how})


def created(result: Result) -> set[str]:
    """The names of the created resources."""
    return {step.name for step in result.steps if step.op == "create" and ":" in step.type}


def ops(result: Result) -> dict[str, str]:
    """Name to operation, without the stack itself."""
    return {step.name: step.op for step in result.steps if step.type != "pulumi:pulumi:Stack"}


def sealed(passphrase: str, text: str) -> tuple[str, str]:
    """(encryptionsalt, secure) as the CLI's passphrase provider writes them."""
    salt, nonce = b"12345678", b"123456789012"
    key = PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase.encode())
    secure = AESGCM(key).encrypt(nonce, text.encode(), None)
    head, first, rest = (base64.b64encode(raw).decode() for raw in (salt, nonce, secure))
    return f"v1:{head}:v1:x", f"v1:{first}:{rest}"


def no_checks(settings: Settings, session: boto3.Session) -> Report:
    """Live checks that check nothing."""
    raise AssertionError("a toy has no settings to verify it against")
