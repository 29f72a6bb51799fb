"""The life of an encryption key: rotation, re-encryption under live writers, verification, retirement.

A kept sandbox of staging and a real PostgreSQL. Every step is a command that an operator types, and the
re-encryption is started from the task definition in the sandbox's ECS.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import quote, urlsplit

import boto3
import psycopg
import pytest
from psycopg import sql

from encryption_keys import Cipher, Key, Ring, Unreadable
from functions.rotate_database.address import Address, parse
from ops.checks.verify.secrets.leaks import spellings
from ops.core.exits import Exit
from ops.reencrypt.retire import APART
from ops.reencrypt.session import APPLICATION_NAME
from sandbox import session as keep
from settings.stack_file import ROOT
from tests.ops.reencrypt.rows import CREATE, cell, owner_of
from tests.ops.reencrypt.writers import Writers
from tests.postgres import Postgres
from tests.program import PACKAGES

# `make drill` has ten times the rows. At this rate the writers are still running in the first pass.
STACK, ROWS, WRITES, ROWS_PER_S = "staging", 20_000, 1_200, 10_000
RING, PLAIN, URL = "aiponge/entry-encryption-keyring", "aiponge/entry-encryption-key", "aiponge/database-url"
ENTRY_KEY = "entry-encryption-key"
TASK = "aiponge-reencrypt"
PAUSE_S = 0.002  # so that the writers leave part of two cores to the task
IMAGE = f"sha256:{'a' * 64}"
CHANGES = {
    # One running reader, with the keyring and the newer format.
    "environment: {SERVICE_NAME: user-service}": f"image: {IMAGE}",
    "tools: [reencrypt]}": "tools: [reencrypt], readers: [user]}\n      envelope: enc2",
}
# The other declared columns, with a few rows each to show that they were read.
OTHERS: LiteralString = """
CREATE TABLE usr_insights (id uuid PRIMARY KEY, user_id uuid NOT NULL, content text);
CREATE TABLE usr_reflections (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, challenge_question text, user_response text
);
"""
FILL_OTHERS: LiteralString = """
WITH insight AS (INSERT INTO usr_insights VALUES (gen_random_uuid(), gen_random_uuid(), %(sealed)s))
INSERT INTO usr_reflections VALUES (gen_random_uuid(), gen_random_uuid(), %(sealed)s, NULL)
"""


@dataclass
class Seen:
    """Everything that was shown: output, command lines; and the values to search for in it."""

    texts: list[str] = field(default_factory=list)
    argv: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def watching(self) -> Iterator[Seen]:
        """Record the command lines of all processes of the machine, as ``ps`` would show them."""
        over, known = threading.Event(), set[bytes]()

        def look() -> None:
            while not over.wait(0.05):
                # Not with pathlib, which takes three times as long: it is done for minutes.
                for process in filter(str.isdigit, os.listdir("/proc")):
                    with suppress(OSError), open(f"/proc/{process}/cmdline", "rb", buffering=0) as file:
                        if (line := file.read()) not in known:
                            known.add(line)
                            self.argv.add(line.replace(b"\0", b" ").decode(errors="replace"))

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield self
        finally:
            over.set()
            watcher.join()

    def remember(self, name: str, text: str) -> None:
        """Add a value, the keys in it, and the password in it."""
        with suppress(ValueError):
            for key in Ring.load(text).keys:
                self.values[f"{name} generation {key.generation}"] = base64.b64encode(key.secret).decode()
        with suppress(ValueError, TypeError, KeyError):
            self.values[f"{name} password"] = json.loads(text)["password"]
        with suppress(ValueError):
            if password := urlsplit(text).password:
                self.values[f"{name} password {len(self.values)}"] = password
        self.values[f"{name} {len(self.values)}"] = text


@dataclass
class StackFolder:
    """A kept stack, the server of its database, and a copy of the program."""

    root: Path
    postgres: Postgres
    environment: dict[str, str] = field(repr=False)
    seen: Seen

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session("sandbox", "sandbox", region_name="eu-west-1")

    def client(self, service: str) -> Any:
        return self.session.client(cast(Any, service), endpoint_url=self.environment["AWS_ENDPOINT_URL"])

    def value(self, name: str) -> str:
        return self.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]

    def remember_values(self) -> None:
        """Add the values of all versions in the store."""
        store = self.client("secretsmanager")
        for page in store.get_paginator("list_secrets").paginate():
            for one in page["SecretList"]:
                listed = store.list_secret_version_ids(SecretId=one["ARN"], IncludeDeprecated=True)
                for version in listed["Versions"]:
                    held = store.get_secret_value(SecretId=one["ARN"], VersionId=version["VersionId"])
                    self.seen.remember(one["Name"], held["SecretString"])

    def ring(self) -> Ring:
        return Ring.load(self.value(RING))

    def operate(
        self, *command: str, code: Exit = Exit.DONE, environment: Mapping[str, str] | None = None
    ) -> str:
        """Run a command as an operator types it, and check its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "ops", *command, "--stack", STACK],
            cwd=self.root,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        self.seen.texts.append(done.stdout + done.stderr)
        assert done.returncode == code, self.seen.texts[-1][-3000:]
        return self.seen.texts[-1]

    def task(self, *extra: str, **instead: str) -> subprocess.Popen[str]:
        """Run the task as ECS would: its command, its secrets by ARN, its image's entry point."""
        found = self.client("ecs").describe_task_definition(taskDefinition=TASK)["taskDefinition"]
        (container,) = found["containerDefinitions"]
        injected = {one["name"]: self.value(one["valueFrom"]) for one in container["secrets"]}
        injected["DATABASE_URL"] = self.reachable(injected["DATABASE_URL"])
        bare = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "ops.reencrypt", *container["command"], *extra, "--json"],
            cwd=self.root,
            env=bare | injected | {"PGSSLROOTCERT": str(self.postgres.ca_file)} | instead,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, process: subprocess.Popen[str], code: Exit = Exit.DONE) -> dict[str, Any]:
        """The task's result for the first column; None where it was refused."""
        out, said = process.communicate(timeout=120)
        self.seen.texts.append(out + said)
        assert process.returncode == code, self.seen.texts[-1][-3000:]
        return json.loads(out)["columns"][0] if code == Exit.DONE else {}

    def reachable(self, url: str) -> str:
        """The login at the test server, under the host name of the stack's instance."""
        address = parse(url)
        there = Address(
            address.user, address.password, address.host, self.postgres.port, address.database
        ).url()
        return f"{there}&hostaddr=127.0.0.1"

    @property
    def login(self) -> Address:
        return parse(self.value(URL))

    def connect(self, login: Address | None = None) -> psycopg.Connection:
        """A session with the application's login."""
        who = login or self.login
        dsn = self.postgres.dsn(who.database, user=who.user, password=who.password)
        return psycopg.connect(dsn, autocommit=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[StackFolder]:
    root = copied(tmp_path_factory.mktemp("end-to-end") / "program")
    server = postgres.dsn().replace(f"password={postgres.password} ", "")
    command = [sys.executable, "-m", "sandbox", "up", "--stack", STACK, "--keep", "--no-verify"]
    log, kept = root / "sandbox.log", keep.Session.of(root, STACK)
    with log.open("w") as file, Seen().watching() as seen:
        process = subprocess.Popen(
            [*command, "--postgres", server],
            cwd=root,
            env=os.environ | {"PGPASSWORD": postgres.password},
            stdout=file,
            stderr=file,
        )
        try:
            wait_for(lambda: "\nexport " in log.read_text() or process.poll() is not None)
            endpoint = kept.endpoint()
            assert endpoint is not None, log.read_text()[-3000:]
            assert "no PostgreSQL server was used" not in log.read_text()
            yield StackFolder(root, postgres, os.environ | keep.environment(endpoint, "eu-west-1"), seen)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def copied(root: Path) -> Path:
    """The program as it is, with a stack file that the commands may edit."""
    root.mkdir()
    for folder in PACKAGES:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [*ROOT.glob("*.py"), *ROOT.glob("Pulumi*.yaml")]:
        shutil.copy(path, root)
    file = root / f"Pulumi.{STACK}.yaml"
    text = file.read_text()
    for before, after in CHANGES.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    file.write_text(text)
    return root


@dataclass
class Diary:
    """The rows that were written before the first rotation."""

    key: Key
    """The key that was current at that time."""
    cipher: Cipher = field(repr=False)
    """A cipher with that key only, as a writer that was not restarted has."""
    plain: dict[uuid.UUID, bytes] = field(repr=False)
    """The text of each row."""
    witness: uuid.UUID
    kept: str = field(repr=False)
    """One row as it was stored at that time, as in a backup."""

    def opened_by(self, ring: Ring) -> bool:
        try:
            return Cipher(ring).open(self.kept, cell(self.witness)).plaintext == self.plain[self.witness]
        except Unreadable:
            return False


def stored(home: StackFolder) -> dict[uuid.UUID, str]:
    with home.connect() as connection:
        return dict(connection.execute("SELECT id, content FROM lib_entries").fetchall())


def pass_time(home: StackFolder) -> None:
    """Move what was recorded a quarter of an hour into the past."""
    change = sql.SQL("UPDATE {} SET started = started - %s, finished = finished - %s").format(
        sql.Identifier("strongroom", "reencrypt_verification")
    )
    with home.connect() as connection:
        connection.execute(change, [APART, APART])


def wait_for(look: Callable[[], bool]) -> None:
    while not look():
        time.sleep(0.02)


def at_work(home: StackFolder) -> bool:
    """Whether a re-encryption has opened its sessions."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
    with home.postgres.connect() as connection:
        return connection.execute(query, [APPLICATION_NAME]).fetchone() != (0,)


def renewed_under_writers(home: StackFolder, diary: Diary, ring: Ring) -> dict[str, int]:
    """Re-encrypt while four writers write; return the counts, of which three must be 0."""
    keys = sorted(diary.plain)
    with Writers(home.connect, keys, diary.cipher, Cipher(ring), pause_s=PAUSE_S) as writers:
        task = home.task("--apply", "--rate", str(ROWS_PER_S))
        wait_for(lambda: at_work(home) or task.poll() is not None)
        before = writers.marks.total()
        wait_for(lambda: writers.marks.total() - before >= WRITES or task.poll() is not None)
        writers.stop_stragglers.set()
        raced, running = writers.marks.total() - before, task.poll() is None
        run = home.ended(task)
        # For rows that a writer with the old key wrote after the last pass; writers with the new key
        # continue.
        rest = home.ended(home.task("--apply"))
    only, texts = Cipher(ring.only_current()), stored(home)
    undecryptable = lost = 0
    for key, text in texts.items():
        try:
            opened = only.open(text, cell(key))
        except Unreadable:
            undecryptable += 1
        else:
            lost += opened.plaintext != diary.plain[key] + b"+" * writers.marks[key]
    return {
        "rows": len(texts),
        "renewed": run["written"],
        "in passes": run["passes"],
        "races left to a quicker writer": run["conflicts"],
        "renewed by a second run": rest["written"],
        "live writes": writers.marks.total(),
        "of them with the old key": writers.late,
        "live writes while both re-encryption and stragglers ran": raced * running,
        "writer errors": len(writers.errors),
        "lost updates": lost,
        "undecryptable rows": undecryptable,
    }


@pytest.fixture(scope="module")
def diary(home: StackFolder) -> Diary:
    """The rows as the application wrote them under the first key."""
    ring = home.ring()
    cipher = Cipher(ring.only_current())
    plain = {uuid.uuid4(): f"entry {number} ".encode() * 8 for number in range(ROWS)}
    with home.connect() as connection:
        connection.execute(CREATE)
        connection.execute(OTHERS)
        connection.execute(FILL_OTHERS, {"sealed": cipher.seal_legacy(b"of somebody else")})
        with connection.cursor().copy("COPY lib_entries (id, user_id, content) FROM STDIN") as copy:
            for key, text in plain.items():
                copy.write_row((key, owner_of(key), cipher.seal_legacy(text)))
        connection.execute("ANALYZE lib_entries")
    witness = next(iter(plain))
    return Diary(ring.current, cipher, plain, witness, stored(home)[witness])


def test_a_rotation_leaves_the_former_key_as_it_was(home: StackFolder, diary: Diary) -> None:
    home.remember_values()
    home.operate("rotate", ENTRY_KEY, "--apply")
    ring = home.ring()
    kept = {key.generation: key for key in ring.keys}[diary.key.generation]
    assert kept.secret == diary.key.secret
    assert (kept.status, ring.current.generation) == ("decrypt-only", diary.key.generation + 1)
    assert base64.b64decode(home.value(PLAIN)) == ring.current.secret != diary.key.secret
    assert diary.opened_by(ring)


@pytest.mark.accepts("A10", "A11")
@pytest.mark.attack(23)
def test_the_task_renews_every_row_and_loses_no_update_of_a_live_writer(
    home: StackFolder, diary: Diary
) -> None:
    ring = home.ring()
    counts = renewed_under_writers(home, diary, ring)
    print("", *(f"{name} {count}" for name, count in counts.items()), sep="\n  ")
    harm = ("writer errors", "lost updates", "undecryptable rows")
    assert {name: counts[name] for name in harm} == dict.fromkeys(harm, 0)
    assert counts["live writes while both re-encryption and stragglers ran"] > 1000
    assert counts["of them with the old key"] > 100
    assert counts["races left to a quicker writer"] > 0, "no writer was ever quicker: nothing was raced"
    assert counts["rows"] == ROWS
    assert {text.split(":")[1] for text in stored(home).values()} == {ring.current.kid}


@pytest.mark.accepts("A11")
@pytest.mark.attack(24)
@pytest.mark.attack(25)
def test_the_former_key_goes_after_two_verifications_a_quarter_of_an_hour_apart(
    home: StackFolder, diary: Diary
) -> None:
    retire = ("retire", ENTRY_KEY, "--without-backups", "--apply")
    database = {"DATABASE_URL": home.reachable(home.value(URL)), "PGSSLROOTCERT": str(home.postgres.ca_file)}
    for _ in range(2):
        verified = home.ended(home.task("--verify", "--apply"))
        assert (verified["old"], verified["poison_count"], verified["total"]) == (0, 0, ROWS)
    assert "15 minutes apart" in home.operate(*retire, code=Exit.REFUSED, environment=database)
    assert diary.opened_by(home.ring()), "refused: it is still there"
    pass_time(home)
    assert home.ended(home.task("--verify", "--apply"))["old"] == 0
    current = home.ring().current
    home.operate(*retire, environment=database)
    ring = home.ring()
    assert diary.key.kid not in {key.kid for key in ring.keys}
    assert not diary.opened_by(ring)
    assert (ring.current.kid, ring.current.secret) == (current.kid, current.secret)


@pytest.mark.accepts("A9", "A33")
def test_the_login_is_rotated_on_the_server_and_the_one_before_still_works(
    home: StackFolder, diary: Diary
) -> None:
    first = home.login
    home.operate("rotate", "database-url", "--apply")
    second = home.login
    assert {first.user, second.user} == {"aiponge_a", "aiponge_b"}
    assert first.password != second.password
    for login in (first, second):
        with home.connect(login) as connection:
            assert connection.execute("SELECT count(*) FROM lib_entries").fetchone() == (ROWS,)


def in_the_open(home: StackFolder) -> dict[str, str]:
    """Every place that is not a store of secrets."""
    ecs, path = home.client("ecs"), f"/aiponge/{STACK}"
    definitions = [
        ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        for arn in ecs.list_task_definitions()["taskDefinitionArns"]
    ]
    parameters = (
        home.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    )
    with home.connect() as connection:
        notes = connection.execute(
            # As JSON, whose spelling is searched for: a row's own text doubles every quote.
            "SELECT to_json(r)::text FROM strongroom.reencrypt_range r UNION ALL "
            "SELECT to_json(v)::text FROM strongroom.reencrypt_verification v"
        ).fetchall()
    return {
        "printed": "\n".join(home.seen.texts),
        "command lines": "\n".join(home.seen.argv),
        "sandbox": (home.root / "sandbox.log").read_text(),
        "state": keep.Session.of(home.root, STACK).state.read_text(),
        "stack file": (home.root / f"Pulumi.{STACK}.yaml").read_text(),
        "task definitions": json.dumps(definitions, default=str),
        "functions": json.dumps(home.client("lambda").list_functions()["Functions"], default=str),
        "parameters": json.dumps([page["Parameters"] for page in parameters], default=str),
        "PostgreSQL log": home.postgres.log(),
        "strongroom's own tables": "\n".join(text for (text,) in notes),
    }


def leaks(places: Mapping[str, str], values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The places that contain a value in any encoding, with the value."""
    return [
        (place, name)
        for place, text in places.items()
        for name, value in values.items()
        if any(one in text for one in spellings(value))
    ]


@pytest.mark.accepts("A4", "B22", "B42")
@pytest.mark.attack(3)
@pytest.mark.attack(6)
@pytest.mark.attack(12)
def test_no_value_that_ever_was_in_force_is_seen_anywhere(home: StackFolder, diary: Diary) -> None:
    url, ring = home.value(URL), home.value(RING)
    # Errors too: a rejected login, an unreachable server, a truncated keyring, a URL in place of the keyring.
    wrong = home.reachable(url.replace(":", ":x", 2).replace(":x", ":", 1))
    home.ended(home.task(DATABASE_URL=wrong), Exit.UNREACHABLE)
    home.ended(home.task(DATABASE_URL=url), Exit.UNREACHABLE)
    home.ended(home.task(ENTRY_ENCRYPTION_KEYRING=ring[:-9]), Exit.BAD_INPUT)
    home.ended(home.task(ENTRY_ENCRYPTION_KEYRING=url), Exit.BAD_INPUT)
    home.remember_values()
    home.seen.values["the former key"] = base64.b64encode(diary.key.secret).decode()
    values, places = home.seen.values, in_the_open(home)
    assert len(values) > 15
    assert any("ops.reencrypt" in line for line in home.seen.argv), "command lines were recorded"
    assert all(places.values())
    assert leaks(places, values) == []


# --- the search itself: one value put in every place, as a careless change would put it there

PLANTED = 'plan/ted+"7Qm2Xr9L\\kT4b='


def declared_name(home: StackFolder, value: str) -> None:
    home.operate("rotate", value, code=Exit.BAD_INPUT)


def argument(home: StackFolder, value: str) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(1)", value]
    subprocess.run(command, check=True)


def log_line(home: StackFolder, value: str) -> None:
    with (home.root / "sandbox.log").open("a") as log:
        log.write(f"url {quote(value, safe='')}\n")


def exported(home: StackFolder, value: str) -> None:
    path = keep.Session.of(home.root, STACK).state
    state = json.loads(path.read_text())
    path.write_text(json.dumps({"planted": value, "state": state}))


def configured(home: StackFolder, value: str) -> None:
    with (home.root / f"Pulumi.{STACK}.yaml").open("a") as file:
        file.write(f"# {value.encode().hex()}\n")


def environment(home: StackFolder, value: str) -> None:
    ecs = home.client("ecs")
    found = ecs.describe_task_definition(taskDefinition=TASK)["taskDefinition"]
    (container,) = found["containerDefinitions"]
    plain = [{"name": "KEY", "value": base64.b64encode(value.encode()).decode()}]
    ecs.register_task_definition(
        family="planted", containerDefinitions=[{**container, "environment": plain}], memory="512", cpu="256"
    )


def function_environment(home: StackFolder, value: str) -> None:
    functions = home.client("lambda")
    name = functions.list_functions()["Functions"][0]["FunctionName"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {"KEY": value}})


def plain_parameter(home: StackFolder, value: str) -> None:
    home.client("ssm").put_parameter(Name=f"/aiponge/{STACK}/planted", Type="String", Value=value)


def statement(home: StackFolder, value: str) -> None:
    with home.connect() as connection, suppress(psycopg.DataError):
        connection.execute(sql.SQL("SELECT {}::integer").format(sql.Literal(value)))


def note(home: StackFolder, value: str) -> None:
    with home.connect() as connection:
        connection.execute("UPDATE strongroom.reencrypt_verification SET kid = %s", [value])


PLANTS: dict[str, Callable[[StackFolder, str], None]] = {
    "printed": declared_name,
    "command lines": argument,
    "sandbox": log_line,
    "state": exported,
    "stack file": configured,
    "task definitions": environment,
    "functions": function_environment,
    "parameters": plain_parameter,
    "PostgreSQL log": statement,
    "strongroom's own tables": note,
}


@pytest.mark.parametrize("place", PLANTS)
def test_a_value_in_any_of_these_places_is_seen(home: StackFolder, diary: Diary, place: str) -> None:
    # The last tests of the sandbox: the planted values stay.
    value = f"{PLANTED}{place}"
    PLANTS[place](home, value)
    assert (place, "planted") in leaks(in_the_open(home), {"planted": value})


def test_no_place_is_searched_that_was_not_seen_to_show_a_value(home: StackFolder) -> None:
    assert in_the_open(home).keys() == PLANTS.keys()
