"""Dumps a database with encrypted values, restores it on a second server, and checks copies of it there.

The roles are restored too. A copy of an RDS instance has them, because it is a copy of the volume. A dump
of one database has none, so they come from ``pg_dumpall --roles-only``.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from encryption_keys import Cell, Cipher, Ring, derive_key, ring_document
from functions.check_restored_database.handler import handler as check
from functions.postgresql.restore_reader import CREATE_ROLE, GRANT_SELECT, RESTORE_READER
from functions.rotate_database.database import scram_verifier
from sandbox.postgresql import Server, find
from tests.postgres import drop_roles, make_rds_iam

TOKEN = "token"
"""Stands for the IAM token, which PostgreSQL outside RDS cannot verify."""
ROWS = 12
OWNER = "journal_owner"
LIVE, RESTORED = "journal", "journal_restored"
TABLES = {"lib_entries": ROWS, "usr_insights": ROWS}
COLUMNS = [
    {"table": "lib_entries", "key": "id", "column": "content", "owner": "user_id"},
    {
        "table": "usr_insights",
        "key": "id",
        "column": "content",
        "owner": "user_id",
        "logical_name": {"table": "insights", "column": "text"},
        "envelope": "enc2",
    },
    {"table": "usr_insights", "key": "id", "column": "answer", "owner": "user_id", "may_be_empty": True},
]
"""As ``EncryptedColumn.model_dump()`` has them."""


def ring(*generations: int, current: int, seed: str = "s" * 64) -> str:
    """The document of a keyring."""
    return ring_document(
        "aes-256-key",
        [
            (one, derive_key(seed, secret="entry", generation=one), "current" if one == current else status)
            for one in generations
            for status in ("decrypt-only" if one < current else "next",)
        ],
    )


BEFORE, NOW = ring(1, 2, current=1), ring(1, 2, 3, current=2)
"""The keyring before the last rotation of the key, and the one of today."""
OLD = ring(1, current=1)
"""A keyring without the key of today."""
OTHER = ring(1, 2, current=2, seed="o" * 64)


def fill(server: Server) -> None:
    """Create the live database: half of its values are under the last key, half under the one before."""
    drop_roles(server, RESTORE_READER, OWNER)
    server.create_database(LIVE)
    before, now = Cipher(Ring.load(BEFORE)), Cipher(Ring.load(NOW))
    with server.connect(LIVE) as admin:
        make_rds_iam(admin)
        admin.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(OWNER)))
        admin.execute("GRANT CREATE ON SCHEMA public TO journal_owner")
        admin.execute(CREATE_ROLE)
        admin.execute("SET ROLE journal_owner")
        admin.execute("CREATE TABLE lib_entries (id int PRIMARY KEY, user_id uuid, content text)")
        admin.execute(
            "CREATE TABLE usr_insights (id int PRIMARY KEY, user_id text, content text, answer text)"
        )
        admin.execute(GRANT_SELECT)
        for row in range(ROWS):
            cipher, user = (before if row < ROWS // 2 else now), f"00000000-0000-0000-0000-{row:012}"
            text = f"plain text {row}".encode()
            admin.execute(
                "INSERT INTO lib_entries VALUES (%s, %s, %s)", [row, user, cipher.seal_legacy(text)]
            )
            sealed = cipher.seal(text, Cell("insights", "text", user))
            admin.execute("INSERT INTO usr_insights VALUES (%s, %s, %s, %s)", [row, user, sealed, None])


def restore(source: Server, target: Server) -> None:
    """Move the roles and the database to another server."""
    roles = _run(source, "pg_dumpall", "--roles-only", "--no-role-passwords")
    own = "\n".join(line for line in roles.splitlines() if f" ROLE {source.user}" not in line)
    _run(target, "psql", "--set=ON_ERROR_STOP=1", "--dbname=postgres", said=own)
    dump = _run(source, "pg_dump", LIVE)
    target.create_database(RESTORED)
    _run(target, "psql", "--set=ON_ERROR_STOP=1", f"--dbname={RESTORED}", said=dump)
    with target.connect() as admin:
        statement = SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(RESTORE_READER), scram_verifier(TOKEN))
        admin.execute(statement)


def _run(server: Server, program: str, *arguments: str, said: str | None = None) -> str:
    installation = find()
    assert installation is not None
    command = [str(installation.binaries / program), "--host=127.0.0.1", f"--port={server.server_port}"]
    done = subprocess.run(
        [*command, f"--username={server.user}", "--no-password", *arguments],
        env=os.environ | {"PGPASSWORD": server.password},
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Copy:
    """One restored copy that a test may break, with the AWS services that the two functions call."""

    server: Server
    database: str
    ring: str = NOW
    port: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)

    def execute(self, *statements: LiteralString) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(self.server.dsn(self.database), autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)

    def check(self) -> dict[str, Any]:
        """Invoke the check function."""
        return check({"address": "localhost", "port": self.port or self.server.port})

    def client(self, service: str, **_options: Any) -> Copy:
        """Stand in for every client of boto3: each has other methods."""
        return self

    # RDS
    def describe_db_instances(self, *, DBInstanceIdentifier: str) -> dict[str, Any]:
        assert DBInstanceIdentifier == "arn:restored"
        endpoint = {"Address": "localhost", "Port": self.port or self.server.port}
        return {"DBInstances": [{"Endpoint": endpoint}]}

    def generate_db_auth_token(self, *, DBHostname: str, Port: int, DBUsername: str) -> str:
        assert (DBHostname, Port) == ("localhost", self.port or self.server.port)
        assert DBUsername == RESTORE_READER
        return TOKEN

    # Secrets Manager
    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        assert SecretId == "arn:ring"
        return {"SecretString": self.ring}

    # Lambda
    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        assert FunctionName == "journal-check"
        answer = json.dumps(check(json.loads(Payload))).encode()
        return {"StatusCode": 200, "Payload": io.BytesIO(answer)}

    # CloudWatch
    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        assert Namespace == "Journal/Hygiene"
        self.metrics += MetricData

    # AWS Backup
    def describe_restore_job(self, *, RestoreJobId: str) -> dict[str, Any]:
        started = datetime(2026, 9, 1, tzinfo=UTC)
        return {
            "RestoreJobId": RestoreJobId,
            "Status": "COMPLETED",
            "CreationDate": started,
            "CompletionDate": started + timedelta(minutes=9),
            "CreatedResourceArn": "arn:restored",
            "CreatedBy": {"RestoreTestingPlanArn": "arn:plan"},
        }

    def put_restore_validation_result(self, **result: Any) -> None:
        self.results.append(result)


def environment(server: Server, database: str) -> dict[str, str]:
    """The environment variables of both functions."""
    return {
        "DATABASE_NAME": database,
        "DATABASE_USER": RESTORE_READER,
        "RING_SECRET_ARN": "arn:ring",
        "ENCRYPTED_COLUMNS": json.dumps(COLUMNS),
        "TABLES": json.dumps(TABLES),
        "SAMPLE_ROWS": "20",
        "CA_FILE": str(Path(server.ca_file)),
        "CHECK_FUNCTION": "journal-check",
        "METRIC_NAMESPACE": "Journal/Hygiene",
    }
