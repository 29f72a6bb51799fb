"""Checks a restored database over a session of its read-only role; the answer has no value of a row."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from encryption_keys import Cipher, Ring, RingError
from functions.postgresql.session import DatabaseFault, Login, LoginRefused, Server

from .contents import Expected, Found, inspect

APPLICATION_NAME: Final = "strongroom-restore-check"
TIMEOUT_S: Final = 240
"""A restored volume is loaded while it is read, so its first reads are slow."""
CA_BUNDLE: Final = Path(__file__).with_name("rds-global-bundle.pem")
# With row_security off a policy that hides rows is an error: rows would be missing from the count.
_SETTINGS: Final = {"default_transaction_read_only": "on", "row_security": "off"}
_CONFIG: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})


class RingUnavailable(Exception):
    """The ring cannot be read, so no value can be decrypted; the message contains no key."""


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Handle ``{"address": <host name>, "port": <port>}``: check this database, and list the problems."""
    address, port = str(event["address"]), int(event["port"])
    found = Found()
    try:
        expected = Expected.of(os.environ)
        cipher = _cipher(os.environ.get("RING_SECRET_ARN"))
        server = Server(
            host=address,
            port=port,
            database=os.environ["DATABASE_NAME"],
            ca_file=Path(os.environ.get("CA_FILE", CA_BUNDLE)),
            application_name=APPLICATION_NAME,
            timeout_s=TIMEOUT_S,
            settings=_SETTINGS,
        )
        with server.session(_login(address, port)) as session:
            inspect(session, expected, cipher, found)
    except LoginRefused as refusal:
        found.problems.append(
            f"{refusal}: the backup must be younger than the role, the instance must allow IAM "
            "authentication, and this function needs rds-db:connect on it"
        )
    except (DatabaseFault, RingUnavailable) as fault:
        found.problems.append(str(fault))
    answer = found.answer()
    print(json.dumps(answer), flush=True)
    return answer


def _login(address: str, port: int) -> Login:
    """The role with an IAM token, which is signed here: RDS checks ``rds-db:connect`` when it is used."""
    user = os.environ["DATABASE_USER"]
    rds = boto3.client("rds", config=_CONFIG)
    return Login(user, rds.generate_db_auth_token(DBHostname=address, Port=port, DBUsername=user))


def _cipher(ring_arn: str | None) -> Cipher | None:
    """The current ring's keys; None where the application has no encrypted columns."""
    if not ring_arn:
        return None
    store = boto3.client("secretsmanager", config=_CONFIG)
    try:
        document = store.get_secret_value(SecretId=ring_arn)["SecretString"]
    except ClientError as problem:
        code = problem.response.get("Error", {}).get("Code", "unknown")
        raise RingUnavailable(f"the secret of the keyring cannot be read: {code}") from None
    except BotoCoreError as problem:
        raise RingUnavailable(
            f"Secrets Manager cannot be reached ({type(problem).__name__}): the function's security group "
            "needs port 443 to the secretsmanager endpoint"
        ) from None
    try:
        return Cipher(Ring.load(document))
    except RingError as problem:
        raise RingUnavailable(f"the secret of the keyring is not usable: {problem}") from None
