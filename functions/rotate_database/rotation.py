"""Each of the four steps may be cut short anywhere and repeated: it ends where an unbroken one would."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from .address import Address, AddressError, parse
from .database import Database
from .roles import Roles
from .session import Login

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
PASSWORD_CHARS: Final = 40
_ALPHABET: Final = string.ascii_letters + string.digits

Log = Callable[..., None]


class RotationRefused(Exception):
    """A step that must not be taken; the message says why and holds no value."""


@dataclass(frozen=True)
class Home:
    """Where the database is, by the function's own environment and nobody's word."""

    host: str
    port: int
    database: str
    roles: Roles
    master_secret: str


@dataclass(frozen=True)
class Turn:
    """One step's secret and version, the labels of all versions, and the master's login."""

    secret: str
    version: str
    stages: dict[str, list[str]]
    master: Login


@dataclass(frozen=True)
class Rotation:
    """One secret whose value is the URL of an application's database."""

    store: Any
    """A Secrets Manager client."""
    database: Database
    home: Home
    log: Log

    def step(self, name: str, secret: str, version: str) -> None:
        """Take one step of the rotation of a secret to a version."""
        known = self.store.describe_secret(SecretId=secret)
        if known.get("RotationEnabled") is False:
            raise RotationRefused("rotation is not enabled for this secret")
        stages = known.get("VersionIdsToStages") or {}
        if version not in stages:
            raise RotationRefused(f"version {version} is not one of this secret")
        if PENDING not in stages[version]:
            if CURRENT not in stages[version]:
                raise RotationRefused(f"version {version} is not pending")
            self.log(step=name, version=version, outcome="already current")
            return
        steps = {
            "createSecret": self._create,
            "setSecret": self._set,
            "testSecret": self._test,
            "finishSecret": self._finish,
        }
        if name not in steps:
            raise RotationRefused("the step is not one of createSecret, setSecret, testSecret, finishSecret")
        steps[name](Turn(secret, version, stages, self._master()))

    def _create(self, turn: Turn) -> None:
        secret, version = turn.secret, turn.version
        current = self._read(secret, stage=CURRENT)
        user = self.home.roles.other(current.user) if current else self.home.roles.logins[0]
        if self._read(secret, stage=PENDING, version=version):
            self.log(step="createSecret", version=version, outcome="there already")
            return
        fresh = Address(
            user=user,
            password="".join(secrets.choice(_ALPHABET) for _ in range(PASSWORD_CHARS)),
            host=self.home.host,
            port=self.home.port,
            database=self.home.database,
            ssl_mode=current.ssl_mode if current else "require",
        )
        try:
            self.store.put_secret_value(
                SecretId=secret, ClientRequestToken=version, SecretString=fresh.url(), VersionStages=[PENDING]
            )
        except ClientError as problem:
            # Another run of this step came first; its value is as good, and only one may be kept.
            if _code(problem) != "ResourceExistsException":
                raise
        self.log(step="createSecret", version=version, user=user, outcome="done")

    def _set(self, turn: Turn) -> None:
        pending = self._pending(turn)
        current = self._read(turn.secret, stage=CURRENT)
        # One version may carry both labels: a first value, or a finish that was cut short.
        if current and CURRENT not in turn.stages[turn.version] and pending.user == current.user:
            raise RotationRefused(f"the pending login {pending.user} is the current one")
        given = self.database.set_password(turn.master, Login(pending.user, pending.password))
        outcome = "done" if given else "there already"
        self.log(step="setSecret", version=turn.version, user=pending.user, outcome=outcome)

    def _test(self, turn: Turn) -> None:
        user = self._prove(turn)
        self.log(step="testSecret", version=turn.version, user=user, outcome="done")

    def _finish(self, turn: Turn) -> None:
        # Proved again, so that a finish called out of turn cannot publish a login that does not work.
        self._prove(turn)
        secret, version = turn.secret, turn.version
        if CURRENT not in turn.stages[version]:
            move = {"SecretId": secret, "VersionStage": CURRENT, "MoveToVersionId": version}
            for former, labels in turn.stages.items():
                if CURRENT in labels:
                    move["RemoveFromVersionId"] = former
            self.store.update_secret_version_stage(**move)
        self.store.update_secret_version_stage(
            SecretId=secret, VersionStage=PENDING, RemoveFromVersionId=version
        )
        self.log(step="finishSecret", version=version, outcome="done")

    def _prove(self, turn: Turn) -> str:
        pending = self._pending(turn)
        self.database.prove(Login(pending.user, pending.password), turn.master.user)
        return pending.user

    def _pending(self, turn: Turn) -> Address:
        pending = self._read(turn.secret, stage=PENDING, version=turn.version)
        if pending is None:
            raise RotationRefused(f"version {turn.version} has no value: createSecret has not run")
        return pending

    def _read(self, secret: str, *, stage: str, version: str | None = None) -> Address | None:
        """A value of the secret, known to lead to our database; None where there is none yet."""
        which = {"VersionStage": stage} | ({"VersionId": version} if version else {})
        try:
            value = self.store.get_secret_value(SecretId=secret, **which)["SecretString"]
        except ClientError as problem:
            if _code(problem) != "ResourceNotFoundException":
                raise
            return None
        try:
            address = parse(value)
        except AddressError as problem:
            raise RotationRefused(f"the {stage} value: {problem}") from None
        if address.user not in self.home.roles.logins:
            raise RotationRefused(f"the {stage} value: the user is not {' or '.join(self.home.roles.logins)}")
        if (address.host, address.port, address.database) != (
            self.home.host,
            self.home.port,
            self.home.database,
        ):
            raise RotationRefused(f"the {stage} value leads to another database than {self.home.host}")
        return address

    def _master(self) -> Login:
        # Read in the step that uses it: RDS may have rotated it since the step before.
        text = self.store.get_secret_value(SecretId=self.home.master_secret)["SecretString"]
        try:
            fields = json.loads(text)
        except json.JSONDecodeError:
            fields = None
        match fields:
            case {"username": str(user), "password": str(password)}:
                master = Login(user, password)
            case _:
                raise RotationRefused("the master secret does not hold a username and a password")
        if master.user in self.home.roles.names:
            # Its password is RDS's, and the application would run with its rights.
            names = ", ".join(self.home.roles.names)
            raise RotationRefused(
                f"the master user {master.user} is one of the roles {names} that this function changes: "
                "choose another database.username"
            )
        return master


def _code(problem: ClientError) -> str:
    return problem.response.get("Error", {}).get("Code", "")
