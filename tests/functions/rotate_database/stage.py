"""Sets up a rotation: a strict Secrets Manager, a real PostgreSQL server, and faults on request."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from functions.postgresql.restore_reader import RESTORE_READER
from functions.postgresql.session import Login
from functions.rotate_database.address import Address, parse
from functions.rotate_database.database import PostgreSQL, scram_verifier
from functions.rotate_database.roles import Roles
from functions.rotate_database.rotation import Rotation, RotationTarget
from tests.postgres import Postgres, make_rds_iam
from tests.strict_secrets_manager import StrictSecretsManager

SECRET, MASTER = "aiponge/database-url", "rds!db-1234"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ROLES = Roles.of("app")
DATABASE = "rotated"
MASTER_PASSWORD = "m@st:er/%#pä55"


class CutShort(BaseException):
    """Ends the function as a timeout does: no handler of the code under test catches it."""


@dataclass
class Interrupted:
    """Passes calls on, and ends the run before or after one of them."""

    target: Any
    calls: list[str]
    at: int | None = None
    after: bool = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.target, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            number = len(self.calls)
            self.calls.append(name)
            if number == self.at and not self.after:
                raise CutShort
            try:
                return method(*args, **kwargs)
            finally:
                # Also after an error response, which the caller then does not see.
                if number == self.at:
                    raise CutShort

        return call


@dataclass
class Stage:
    """The secret, database and login that a rotation works on."""

    postgres: Postgres
    database_name: str
    store: StrictSecretsManager = field(default_factory=StrictSecretsManager)
    log: list[dict[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    rotation_calls: int = 0
    """The number of calls of the last whole rotation."""

    @property
    def database(self) -> PostgreSQL:
        return PostgreSQL(
            host="localhost",
            port=self.postgres.port,
            database=self.database_name,
            roles=ROLES,
            ca_file=self.postgres.ca_file,
        )

    @property
    def home(self) -> RotationTarget:
        return RotationTarget(
            host="localhost",
            port=self.postgres.port,
            database=self.database_name,
            roles=ROLES,
            master_secret=MASTER,
        )

    def rotation(self, *, cut_at: int | None = None, after: bool = False) -> Rotation:
        self.calls.clear()
        self.slept.clear()
        fault = {"calls": self.calls, "at": cut_at, "after": after}
        return Rotation(
            store=Interrupted(self.store, **fault),
            database=Interrupted(self.database, **fault),  # pyright: ignore[reportArgumentType]
            home=self.home,
            log=lambda **fields: self.log.append(fields),
            sleep=self.slept.append,
        )

    def announce(self) -> str:
        """Create the pending version, as Secrets Manager does before the first step."""
        version = str(uuid.uuid4())
        self.store.rotate_secret(SecretId=SECRET, ClientRequestToken=version)
        return version

    def run(self, version: str, *steps: str) -> None:
        take(self.rotation(), version, *steps)

    def rotate(self) -> str:
        version = self.announce()
        self.run(version)
        self.rotation_calls = len(self.calls)
        return version

    def settle(self) -> None:
        """Let every write become visible to reads."""
        for stored in self.store.secrets.values():
            stored.late = 0

    def address(self, stage: str = "AWSCURRENT") -> Address:
        return parse(self.store.get_secret_value(SecretId=SECRET, VersionStage=stage)["SecretString"])

    def login(self, stage: str = "AWSCURRENT") -> Login:
        address = self.address(stage)
        return Login(address.user, address.password)

    def master(self) -> Login:
        return Login("master", MASTER_PASSWORD)

    def works(self, stage: str = "AWSCURRENT") -> bool:
        return self.database.can_log_in(self.login(stage))

    def stages(self, version: str) -> list[str]:
        return self.store.describe_secret(SecretId=SECRET)["VersionIdsToStages"].get(version, [])

    def connect(self, login: Login) -> psycopg.Connection:
        dsn = self.postgres.dsn(self.database_name, user=login.user, password=login.password)
        return psycopg.connect(dsn, autocommit=True)

    def put_pending(self, version: str, url: str) -> None:
        self.store.put_secret_value(
            SecretId=SECRET, ClientRequestToken=version, SecretString=url, VersionStages=["AWSPENDING"]
        )


def take(rotation: Rotation, version: str, *steps: str) -> None:
    """Run these steps in order, or all four."""
    for step in steps or STEPS:
        rotation.step(step, SECRET, version)


def set_the_stage(postgres: Postgres, *, empty: bool = False, first_put_is_current: bool = False) -> Stage:
    """A database without the application's roles, and a secret with a first value unless ``empty``."""
    admin = superuser(postgres)
    left = admin.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[*ROLES.logins, ROLES.owner, RESTORE_READER]]
    )
    for role in [Identifier(name) for (name,) in left.fetchall()]:
        admin.execute(SQL("DROP OWNED BY {} CASCADE").format(role))
        admin.execute(SQL("DROP ROLE {}").format(role))
    make_role(admin, "master", MASTER_PASSWORD, "LOGIN CREATEROLE CREATEDB")
    admin.execute(SQL("GRANT CONNECT ON DATABASE {} TO PUBLIC").format(Identifier(DATABASE)))
    stage = Stage(postgres, DATABASE, StrictSecretsManager(first_put_is_current=first_put_is_current))
    stage.store.create_secret(Name=SECRET)
    master = json.dumps({"username": "master", "password": MASTER_PASSWORD})
    stage.store.create_secret(Name=MASTER, SecretString=master)
    if not empty:
        stage.rotate()
    return stage


def as_superuser(postgres: Postgres, *statements: LiteralString, login: str = "app_a") -> None:
    """Run statements in the application's database as the server's superuser."""
    with postgres.connect(DATABASE) as admin:
        for statement in statements:
            admin.execute(SQL(statement).format(login=Identifier(login)))


@cache
def superuser(postgres: Postgres) -> psycopg.Connection:
    """One session in the application's database for all stages on a server: each session is a process."""
    with postgres.connect() as admin:
        # RDS gives its master CREATEROLE and CREATEDB, but not superuser.
        make_role(admin, "master", MASTER_PASSWORD, "LOGIN CREATEROLE CREATEDB")
        admin.execute(SQL("CREATE DATABASE {} OWNER master").format(Identifier(DATABASE)))
        make_rds_iam(admin, "master")
        admin.execute(SQL("ALTER DATABASE {} SET log_statement = 'all'").format(Identifier(DATABASE)))
    return postgres.connect(DATABASE)


def assert_rotated(stage: Stage, version: str) -> None:
    assert stage.stages(version) == ["AWSCURRENT"], "the version is current, and nothing is pending"
    assert stage.works()


def make_role(admin: psycopg.Connection, name: str, password: str, attributes: LiteralString) -> None:
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    statement = SQL("{} ROLE {} {} PASSWORD {}").format(
        SQL("ALTER" if known else "CREATE"), Identifier(name), SQL(attributes), scram_verifier(password)
    )
    admin.execute(statement)
