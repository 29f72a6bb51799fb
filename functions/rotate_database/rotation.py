"""Implements the four steps of a rotation; each can be repeated after an interruption at any point."""

from __future__ import annotations

import json
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from functions.postgresql.restore_reader import RESTORE_READER
from functions.postgresql.session import DatabaseFault, Login

from .address import Address, AddressError, parse
from .database import Database
from .roles import Roles
from .versions import CURRENT, PENDING, RotationRefused, Stages, Versions, holder

PASSWORD_CHARS: Final = 40
_ALPHABET: Final = string.ascii_letters + string.digits

Log = Callable[..., None]


@dataclass(frozen=True)
class RotationTarget:
    """The database's address, from the function's environment variables only."""

    host: str
    port: int
    database: str
    roles: Roles
    master_secret: str


@dataclass(frozen=True)
class Turn:
    """The version of one step, all versions with their labels, and the master user's login."""

    version: str
    versions: Versions
    stages: Stages
    master: Login


@dataclass(frozen=True)
class Rotation:
    """The rotation of one secret whose value is the URL of an application's database."""

    store: Any
    """A Secrets Manager client."""
    database: Database
    home: RotationTarget
    log: Log
    sleep: Callable[[float], None] = time.sleep

    def step(self, name: str, secret: str, version: str) -> None:
        """Run one step of the rotation to a version."""
        steps = {
            "createSecret": self._create,
            "setSecret": self._set,
            "testSecret": self._test,
            "finishSecret": self._finish,
        }
        versions = Versions(self.store, secret, self.sleep)
        stages = versions.stages(version)
        if PENDING not in stages[version]:
            self.log(step=name, version=version, outcome="already current")
            return
        if name not in steps:
            raise RotationRefused("the step is not one of createSecret, setSecret, testSecret, finishSecret")
        steps[name](Turn(version, versions, stages, self._master()))

    def _create(self, turn: Turn) -> None:
        version = turn.version
        current = self._current(turn)
        user = self.home.roles.other(current.user) if current else self.home.roles.logins[0]
        value = turn.versions.find(version, PENDING)
        if value is not None:
            self._address(value, PENDING)
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
        turn.versions.put(version, fresh.url())
        self.log(step="createSecret", version=version, user=user, outcome="done")

    def _set(self, turn: Turn) -> None:
        pending = self._pending(turn)
        current = self._current(turn)
        # One version may have both labels: the first value, or after an interrupted finishSecret.
        if current and CURRENT not in turn.stages[turn.version] and pending.user == current.user:
            raise RotationRefused(f"the pending login {pending.user} is the current one")
        given = self.database.set_password(turn.master, Login(pending.user, pending.password))
        outcome = "done" if given else "there already"
        self.log(step="setSecret", version=turn.version, user=pending.user, outcome=outcome)
        try:
            self.database.grant_restore_reader(turn.master)
        except DatabaseFault as fault:
            # The login works without this role, and the check of a restored copy says that it is missing.
            self.log(step="setSecret", version=turn.version, user=RESTORE_READER, outcome=f"failed: {fault}")

    def _test(self, turn: Turn) -> None:
        user = self._prove(turn)
        self.log(step="testSecret", version=turn.version, user=user, outcome="done")

    def _finish(self, turn: Turn) -> None:
        # Tested again, so that finishSecret without testSecret cannot publish a login that does not work.
        self._prove(turn)
        turn.versions.publish(turn.version, turn.stages)
        self.log(step="finishSecret", version=turn.version, outcome="done")

    def _prove(self, turn: Turn) -> str:
        pending = self._pending(turn)
        self.database.prove(Login(pending.user, pending.password), turn.master.user)
        return pending.user

    def _pending(self, turn: Turn) -> Address:
        value = turn.versions.read(turn.version, PENDING)
        if value is None:
            raise RotationRefused(f"version {turn.version} has no value: createSecret has not run")
        return self._address(value, PENDING)

    def _current(self, turn: Turn) -> Address | None:
        """The current value; None where no version is current, or this one is and has no value yet."""
        version = holder(turn.stages, CURRENT)
        if version is None:
            return None
        if version == turn.version:
            value = turn.versions.find(version, CURRENT)
            return None if value is None else self._address(value, CURRENT)
        value = turn.versions.read(version, CURRENT)
        if value is None:
            # Treated as a first value, the step would change the login that is in use.
            raise RotationRefused(f"the current version {version} cannot be read yet: rotate again")
        return self._address(value, CURRENT)

    def _address(self, value: str, stage: str) -> Address:
        """Parse a value, and check that it is an address of this function's database."""
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
        # Read in the step that uses it, because RDS may have rotated it since the previous step.
        text = self.store.get_secret_value(SecretId=self.home.master_secret)["SecretString"]
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError):
            fields = None
        match fields:
            case {"username": str(user), "password": str(password)}:
                master = Login(user, password)
            case _:
                raise RotationRefused("the master secret does not hold a username and a password")
        if master.user in self.home.roles.names:
            # RDS owns its password, and the application would run with its privileges.
            names = ", ".join(self.home.roles.names)
            raise RotationRefused(
                f"the master user {master.user} is one of the roles {names} that this function changes: "
                "choose another database.username"
            )
        return master
