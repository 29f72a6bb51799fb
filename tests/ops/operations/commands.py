"""Every command that writes in several steps: how to run it, and what must hold after a rerun."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ops.core.consent import Consent
from ops.core.exits import Exit
from ops.core.secret_stores import CURRENT
from ops.destroy import destroy
from ops.import_env import cli as import_env
from ops.incident import run as incidents
from ops.restore.result import result
from ops.rotation import repoint, retire, rotate
from ops.rotation.function import PENDING, staged
from tests.components.host.host_stack import STAGING
from tests.ops.destroy.small_engine import filled_account
from tests.ops.import_env.test_import_env import FILE, Pulumi
from tests.ops.operations.bootstrapped import bootstrapping
from tests.ops.operations.command import Command, Standing
from tests.ops.operations.killed import Boundary
from tests.ops.restore.restorable import restorable
from tests.ops.rotation.host_stack import NAME as HOST_KEY
from tests.ops.rotation.host_stack import Machine, running_host
from tests.ops.rotation.small_stack import DATABASE_URL, Killed, SmallStack, database_url, refusal
from tests.ops.rotation.standing import ROLES, account, small_stack, with_database, with_roles

RING = {
    "entry-encryption-key": "entry-encryption-keyring",
    "internal-service-secret": "internal-service-keyring",
    "jwt-secret": "jwt-keyring",
}
RETIRED = "internal-service-secret"


@contextmanager
def _small(folder: Path, only: tuple[str, ...] = ()) -> Iterator[SmallStack]:
    with account() as aws, small_stack(aws, folder / "checkout", only) as stack:
        shutil.copytree(stack.root, folder / "before")
        yield stack


def _elsewhere(stack: Any, folder: Path) -> Path:
    """Switch to a new checkout, with the current or, at every second boundary, the former files."""
    number = len(list(folder.glob("again-*")))
    source = stack.root if number % 2 == 0 else folder / "before"
    target = folder / f"again-{number}"
    shutil.copytree(source, target)
    stack.root = target
    return target


def _closed(stack: SmallStack, resume: Callable[[], Exit]) -> None:
    assert stack.open() is None
    assert "nothing to resume" in refusal(Exit.REFUSED, resume)


def rotation(name: str, *, compromised: bool) -> Standing:
    """``ops rotate NAME``, with or without ``--compromised``."""

    @contextmanager
    def standing(folder: Path) -> Iterator[Command]:
        with _small(folder) as stack:
            before, seeds = stack.value(name), dict(stack.seeds)

            def run(boundary: Boundary) -> Exit:
                how = rotate.How(write=True, accept_outage=True, compromised=compromised)
                return rotate.rotate(stack.context(boundary=boundary), name, how)

            def again() -> None:
                _elsewhere(stack, folder)
                said = refusal(Exit.REFUSED, lambda: stack.rotate(name))
                assert f"rotate {name} is in progress" in said
                assert stack.rotate(name, resume=True) == Exit.DONE
                assert stack.value(name) != before
                secret = stack.secret(name)
                assert secret.generation == (3 if compromised and secret.keyring else 2)
                if secret.keyring:
                    assert stack.seeds[name, 1] == seeds[name, 1]
                    assert (2 in stack.ring(RING[name])) is not compromised
                store = stack.client("secretsmanager")
                changed = store.describe_secret(SecretId=secret.name)["LastChangedDate"]
                assert stack.stale(stack.context(), secret, changed) == []
                _closed(stack, lambda: stack.rotate(name, resume=True))

            yield Command(run, again)

    return standing


@contextmanager
def host_parameter(folder: Path) -> Iterator[Command]:
    """``ops rotate`` for a parameter that a host reads."""
    name = "django-secret-key"
    (folder / "checkout").mkdir()
    with running_host(folder / "checkout", "444455559999") as host:
        shutil.copytree(host.root, folder / "before")
        before = host.value()

        def done(machine: Machine, boundary: Boundary = lambda _: None, *, resume: bool = False) -> Exit:
            how = rotate.How(write=True, accept_outage=True, resume=resume)
            return rotate.rotate(machine.context(boundary=boundary), name, how)

        def again() -> None:
            _elsewhere(host, folder)
            assert f"rotate {name} is in progress" in refusal(Exit.REFUSED, lambda: done(host))
            assert done(host, resume=True) == Exit.DONE
            assert (host.value(), host.value(HOST_KEY + "-previous")) == ("2" * 64, before)
            assert host.generation() == 2
            # The host fetched the value, in the interrupted run or in this one.
            assert host.commands()
            assert "nothing to resume" in refusal(Exit.REFUSED, lambda: done(host, resume=True))

        yield Command(lambda boundary: done(host, boundary), again)


def _current(stack: SmallStack) -> str:
    return staged(stack.context(), DATABASE_URL)[CURRENT]


@contextmanager
def url_rotation(folder: Path) -> Iterator[Command]:
    """``ops rotate database-url``."""
    with _small(folder) as small, with_database(small) as stack:
        before, restarts = _current(stack), dict(stack.started)

        def again() -> None:
            _elsewhere(stack, folder)
            said = refusal(Exit.REFUSED, lambda: stack.rotate("database-url"))
            assert "rotate database-url is in progress" in said
            assert stack.rotate("database-url", resume=True) == Exit.DONE
            store = stack.client("secretsmanager")
            assert len(store.describe_secret(SecretId=DATABASE_URL)["VersionIdsToStages"]) == 2
            assert _current(stack) != before
            for reader in stack.secret("database-url").readers:
                assert stack.started[reader] > restarts[reader]
            _closed(stack, lambda: stack.rotate("database-url", resume=True))

        def run(boundary: Boundary) -> Exit:
            return rotate.rotate(stack.context(boundary=boundary), "database-url", rotate.How(write=True))

        yield Command(run, again)


@contextmanager
def url_rotation_undone(folder: Path) -> Iterator[Command]:
    """``ops rotate database-url --abort``, of a rotation whose function stopped half-way."""
    with _small(folder) as small, with_database(small) as stack:
        before = _current(stack)
        with pytest.raises(Killed):
            stack.rotate("database-url", at="record written")
        record = stack.open()
        assert record is not None
        stack.client("secretsmanager").put_secret_value(
            SecretId=DATABASE_URL,
            SecretString=database_url("half-way"),
            ClientRequestToken=record.intent["version"],
            VersionStages=[PENDING],
        )

        def run(boundary: Boundary = lambda _: None) -> Exit:
            how = rotate.How(write=True, abort=True)
            return rotate.rotate(stack.context(boundary=boundary), "database-url", how)

        def again() -> None:
            _elsewhere(stack, folder)
            assert run() == Exit.DONE
            assert _current(stack) == before
            assert PENDING not in staged(stack.context(), DATABASE_URL)
            _closed(stack, lambda: stack.rotate("database-url", resume=True))

        yield Command(run, again)


@contextmanager
def repointing(folder: Path) -> Iterator[Command]:
    """``ops repoint database-url``."""
    with _small(folder) as small, with_database(small) as stack:
        restarts = dict(stack.started)

        def run(boundary: Boundary = lambda _: None, *, resume: bool = False) -> Exit:
            return repoint.repoint(
                stack.context(boundary=boundary), "database-url", write=True, resume=resume
            )

        def again() -> None:
            _elsewhere(stack, folder)
            assert "repoint database-url is in progress" in refusal(Exit.REFUSED, run)
            assert run(resume=True) == Exit.DONE
            assert urlsplit(stack.value("database-url")).hostname == "new.example"
            for reader in stack.secret("database-url").readers:
                assert stack.started[reader] > restarts[reader]
            _closed(stack, lambda: run(resume=True))

        yield Command(run, again)


@contextmanager
def retirement(folder: Path) -> Iterator[Command]:
    """``ops retire``, after a rotation."""
    with _small(folder) as stack:
        stack.rotate(RETIRED)
        shutil.copytree(stack.root, folder / "before", dirs_exist_ok=True)
        before = stack.ring(RING[RETIRED])

        def run(boundary: Boundary = lambda _: None, *, resume: bool = False) -> Exit:
            how = retire.How(write=True, token_minutes=0, resume=resume)
            return retire.retire(stack.context(boundary=boundary), RETIRED, how)

        def again() -> None:
            _elsewhere(stack, folder)
            assert f"retire {RETIRED} is in progress" in refusal(Exit.REFUSED, run)
            assert run(resume=True) == Exit.DONE
            assert stack.ring(RING[RETIRED]) == {n: before[n] for n in (2, 3)}
            _closed(stack, lambda: run(resume=True))

        yield Command(run, again)


@contextmanager
def incident(folder: Path) -> Iterator[Command]:
    """``ops incident``, for a secret with a keyring, one without, and the database URL."""
    names, ring = ("jwt-secret", "redis-url", "database-url"), RING["jwt-secret"]
    with _small(folder, names) as small, with_database(small) as url, with_roles(url) as stack:
        before, kid = {name: stack.value(name) for name in names}, stack.ring(ring)[1][0]
        versions, iam = len(_versions(stack)), stack.client("iam")
        (one,) = stack.client("rds").describe_db_instances()["DBInstances"]
        arn = one["MasterUserSecret"]["SecretArn"]
        master = staged(stack.context(), arn)[CURRENT]

        def again() -> None:
            _elsewhere(stack, folder)
            assert stack.incident() == Exit.DONE
            assert [name for name in names if stack.value(name) == before[name]] == []
            assert (stack.secret("jwt-secret").generation, stack.secret("jwt-secret").revoked) == (3, (2,))
            assert stack.ring(ring).keys() == {1, 3, 4}
            assert stack.ring(ring)[1] == (kid, "decrypt-only")
            assert (stack.secret("redis-url").generation, stack.secret("redis-url").revoked) == (2, (1,))
            assert len(_versions(stack)) == versions + 2
            assert staged(stack.context(), arn)[CURRENT] != master
            for role in ROLES:
                assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["AWSRevokeOlderSessions"]
            assert len(stack.records.finished("incident")) == 1
            assert "add --again" in refusal(Exit.REFUSED, stack.incident)

        def run(boundary: Boundary) -> Exit:
            how = incidents.How(write=True, accept_outage=True)
            return incidents.incident(stack.context(boundary=boundary), how)

        yield Command(run, again)


def _versions(stack: SmallStack) -> list[Any]:
    store = stack.client("secretsmanager")
    return store.list_secret_version_ids(SecretId=DATABASE_URL, IncludeDeprecated=True)["Versions"]


@contextmanager
def deletion(folder: Path) -> Iterator[Command]:
    """``ops destroy`` of a stack with a bucket, a locked bucket and a repository that are not empty."""
    with filled_account(folder) as filled:
        shutil.copytree(filled.stack.root, folder / "before")

        def run(boundary: Boundary = lambda _: None, *, resume: bool = False) -> Exit:
            how = destroy.How(write=True, resume=resume)
            return destroy.destroy(filled.context(boundary=boundary), how)

        def again() -> None:
            _elsewhere(filled.stack, folder)
            assert "destroy is in progress" in refusal(Exit.REFUSED, run)
            assert run(resume=True) == Exit.DONE
            assert filled.engine.left == []
            assert filled.buckets() == [filled.context().settings.names.state_bucket]
            _closed(filled.stack, lambda: run(resume=True))

        yield Command(run, again)


@contextmanager
def restore_drill(folder: Path) -> Iterator[Command]:
    """``ops restore-drill`` of a recovery point of AWS Backup."""
    with restorable(folder) as db:
        db.back_up()
        shutil.copytree(db.stack.root, folder / "before")

        def again() -> None:
            _elsewhere(db.stack, folder)
            assert "restore-drill is in progress" in refusal(Exit.REFUSED, db.drill)
            assert db.drill(resume=True) == Exit.DONE
            assert db.copies() == []
            assert len(db.jobs()) == 1
            (record,) = db.finished()
            assert result(record).ok
            _closed(db.stack, lambda: db.drill(resume=True))

        yield Command(db.drill_at, again)


@contextmanager
def import_of_values(folder: Path) -> Iterator[Command]:
    """``ops import-env --apply``: without a record, each value is set separately."""
    file = folder / "values.env"
    file.write_text(FILE)
    file.chmod(0o600)
    values = {"tmdb-token": FILE.split("=")[1].split()[0], "llm-api-key": FILE.split("=")[2].strip()}
    with pytest.MonkeyPatch.context() as patch:
        pulumi = _pulumi(patch, folder / "first")

        def run(boundary: Boundary = lambda _: None) -> Exit:
            consent = Consent(apply=True, yes=False, reason=None)
            return import_env.import_env(STAGING, file, None, consent, as_json=False, boundary=boundary)

        def again() -> None:
            before = pulumi.calls
            after = _pulumi(patch, folder / f"again-{len(before)}")
            assert run() == Exit.DONE
            calls = [*before, *after.calls]
            assert {arguments[4].rpartition(".")[2]: told for arguments, told in calls} == values

        yield Command(run, again)


def _pulumi(patch: pytest.MonkeyPatch, folder: Path) -> Pulumi:
    folder.mkdir()
    patch.setenv("PATH", f"{folder}/bin:/usr/bin:/bin")
    return Pulumi(folder)


COMMANDS: dict[str, Standing] = {
    "rotate redis-url": rotation("redis-url", compromised=False),
    "rotate redis-url --compromised": rotation("redis-url", compromised=True),
    "rotate jwt-secret": rotation("jwt-secret", compromised=False),
    "rotate jwt-secret --compromised": rotation("jwt-secret", compromised=True),
    "rotate django-secret-key (on a host)": host_parameter,
    "rotate database-url": url_rotation,
    "rotate database-url --abort": url_rotation_undone,
    "repoint database-url": repointing,
    f"retire {RETIRED}": retirement,
    "incident": incident,
    "destroy": deletion,
    "restore-drill": restore_drill,
    "import-env": import_of_values,
    "bootstrap": bootstrapping,
}
