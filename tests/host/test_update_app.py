"""Tests of the update script: `.env` is written whole, unhealthy updates are reverted, no value is shown."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest
from dotenv import dotenv_values

from ops.import_env.dotenv import parse
from tests.host.machine import KILLED, NEW, OLD, PLAIN, SECRETS, Machine, machine

ENV_NAMES = {
    "SECRET_KEY": "django-secret-key",
    "DB_PASSWORD": "db-password",
    "TMDB_READ_ACCESS_TOKEN": "tmdb-token",
    "LLM_API_KEY": "llm-api-key",
}

DJANGO_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


@pytest.fixture
def host(tmp_path: Path) -> Machine:
    return machine(tmp_path)


@pytest.fixture
def running(host: Machine) -> Machine:
    assert host.run().returncode == 0
    (host.root / "calls").unlink()
    for start in host.root.glob("started.*"):
        start.unlink()
    return host


def shows_no_value(host: Machine, done: subprocess.CompletedProcess[str]) -> bool:
    said = done.stdout + done.stderr + "\n".join(host.calls)
    return not any(value in said for value in SECRETS.values())


@pytest.mark.accepts("B4", "B19", "B47")
def test_every_parameter_reaches_the_env_file(host: Machine) -> None:
    assert host.run().returncode == 0
    assert {env: host.env[env] for env in ENV_NAMES} == {env: SECRETS[key] for env, key in ENV_NAMES.items()}
    assert host.env["DB_HOST"] == PLAIN["db-host"]
    assert host.env["APP_IMAGE"] == f"example-org/cinematch@{OLD}"
    assert host.env["CORS_ALLOWED_ORIGINS"] == "https://api.cinematch.example.com"
    assert host.env["ALLOWED_HOSTS"] == "api.cinematch.example.com,10.40.3.7,localhost"
    assert host.env["DEBUG"] == "False"


@pytest.mark.accepts("B20")
@pytest.mark.attack(38)
def test_the_env_file_belongs_to_its_owner_alone_whenever_something_starts(host: Machine) -> None:
    host.run()
    assert (host.root / "modes").read_text() == f"600 {os.getuid()}\n"
    assert (host.app / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.accepts("B19")
def test_each_run_fetches_again(running: Machine) -> None:
    running.put(tmdb_token="fresh-token-0123456789")
    assert running.run().returncode == 0
    assert running.env["TMDB_READ_ACCESS_TOKEN"] == "fresh-token-0123456789"
    assert running.started_with[-1]["TMDB_READ_ACCESS_TOKEN"] == "fresh-token-0123456789"


@pytest.mark.accepts("B19")
def test_nothing_but_the_env_file_keeps_a_value(running: Machine) -> None:
    holding = {
        path.name
        for path in running.app.rglob("*")
        if path.is_file() and SECRETS["db-password"] in path.read_text()
    }
    assert holding == {".env"}


@pytest.mark.accepts("B22", "B42")
@pytest.mark.attack(12)
@pytest.mark.parametrize("statuses", [(), (1, 0), (1, 1)], ids=["healthy", "restored", "lost"])
def test_no_value_is_printed_or_passed_as_an_argument(running: Machine, statuses: tuple[int, ...]) -> None:
    running.put(db_host="db2.internal")
    running.queue("results", *statuses)
    done = running.run(NEW)
    assert shows_no_value(running, done)


@pytest.mark.attack(12)
def test_a_traced_run_shows_no_value(running: Machine) -> None:
    script = running.root / "update-app.sh"
    done = subprocess.run(
        ["bash", "-x", str(script)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0
    assert shows_no_value(running, done)


def test_versions_are_printed(running: Machine) -> None:
    running.put(db_password="anotherPassword0123456789")
    said = running.run().stdout.splitlines()
    assert "db-password version 2" in said
    assert "tmdb-token version 1" in said
    assert said[-1] == f"running {OLD}"


def test_more_than_ten_parameters_are_fetched_in_batches_of_ten(tmp_path: Path) -> None:
    extra = [f"more-{number:02}" for number in range(13)]
    host = machine(tmp_path, extra=extra, values=dict.fromkeys(extra, "x"))
    assert host.run().returncode == 0
    asked = [
        len(call.split("--names ")[1].split(" --query")[0].split())
        for call in host.calls
        if call.startswith("aws ")
    ]
    assert asked == [10, 10, 4]


@pytest.mark.accepts("B46")
def test_after_a_rotation_the_value_before_is_delivered_too(running: Machine) -> None:
    assert "SECRET_KEY_PREVIOUS" not in running.env
    running.put(
        django_secret_key="newDjango0123456789", django_secret_key_previous=SECRETS["django-secret-key"]
    )
    assert running.run().returncode == 0
    assert running.env["SECRET_KEY"] == "newDjango0123456789"
    assert running.started_with[-1]["SECRET_KEY_PREVIOUS"] == SECRETS["django-secret-key"]


@pytest.mark.accepts("B46")
def test_a_value_before_that_is_withdrawn_leaves_the_env_file(running: Machine) -> None:
    running.put(django_secret_key_previous="oldDjango0123456789")
    assert running.run().returncode == 0
    running.drop("django-secret-key-previous")
    assert running.run().returncode == 0
    assert "SECRET_KEY_PREVIOUS" not in running.env
    assert running.env["SECRET_KEY"] == SECRETS["django-secret-key"]


@pytest.mark.failure(38)
def test_a_missing_parameter_is_named_and_changes_nothing(running: Machine) -> None:
    before = (running.app / ".env").read_bytes()
    running.drop("tmdb-token")
    done = running.run()
    assert (done.returncode, done.stderr) == (3, "parameter tmdb-token not set\n")
    assert (running.app / ".env").read_bytes() == before
    assert running.started_with == []


def test_every_missing_parameter_is_named_at_once(running: Machine) -> None:
    running.drop("tmdb-token")
    running.drop("db-host")
    assert running.run().stderr.splitlines() == ["parameter tmdb-token not set", "parameter db-host not set"]


def test_a_first_run_without_a_parameter_leaves_no_env_file(host: Machine) -> None:
    host.drop("llm-api-key")
    assert host.run().returncode == 3
    assert not (host.app / ".env").exists()


def test_a_store_that_denies_changes_nothing(running: Machine) -> None:
    (running.root / "denied").touch()
    assert running.run().returncode == 5
    assert running.started_with == []


@pytest.mark.attack(12, 37)
@pytest.mark.parametrize(
    "value",
    [
        "two words",
        'a"b',
        "a'b",
        "`id`",
        "{{db-password}}",
        "a\\b",
        "line\nbreak",
        "tab\there",
        "caf\u00e9",
        "a\rb",
    ],
)
def test_a_value_that_env_cannot_carry_is_refused_and_not_shown(running: Machine, value: str) -> None:
    before = (running.app / ".env").read_bytes()
    running.put(llm_api_key=value)
    done = running.run()
    assert done.returncode == 3
    assert value not in done.stdout + done.stderr
    assert (running.app / ".env").read_bytes() == before


@pytest.mark.attack(37)
@pytest.mark.parametrize("value", ["a$HOME", "a#b", "$(touch_ran)", "#a", "!!", "&", DJANGO_ALPHABET])
def test_a_value_that_a_reader_might_expand_is_quoted_and_read_by_all_as_it_is(
    running: Machine, value: str
) -> None:
    running.put(django_secret_key=value)
    assert running.run().returncode == 0
    path = running.app / ".env"
    assert running.env["SECRET_KEY"] == f"'{value}'"
    assert {line.key: line.value for line in parse(path.read_bytes())}["SECRET_KEY"] == value
    assert dotenv_values(path)["SECRET_KEY"] == value
    script = 'set -a; . "$1"; printf %s "$SECRET_KEY"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", path], capture_output=True, text=True, cwd=running.root, check=True
    )
    assert (done.stdout, done.stderr) == (value, "")


@pytest.mark.attack(37)
def test_a_value_that_needs_quotes_is_refused_inside_a_longer_line(running: Machine) -> None:
    running.put(domain_name="a$HOME")
    done = running.run()
    assert done.returncode == 3
    assert "parameter domain-name holds characters that need a variable of its own" in done.stderr
    assert running.started_with == []


@pytest.mark.attack(37)
def test_a_value_cannot_pass_for_another_parameter(running: Machine) -> None:
    running.put(llm_api_key="x\n/cinematch/production/db-password\t9\tstolen")
    assert running.run().returncode == 3
    assert running.env["DB_PASSWORD"] == SECRETS["db-password"]


def test_a_value_with_a_placeholder_is_not_filled_in_again(running: Machine) -> None:
    running.put(domain_name="{{db-password}}")
    assert running.run().returncode == 3


@pytest.mark.attack(41)
@pytest.mark.accepts("B21")
def test_an_unhealthy_container_brings_the_old_file_back(running: Machine) -> None:
    before = (running.app / ".env").read_bytes()
    running.put(db_password="wrongPassword0123456789")
    running.queue("results", 1, 0)
    done = running.run()
    assert done.returncode == 1
    assert "the update failed: compose ended with 1" in done.stderr
    assert "the previous .env is back and healthy" in done.stderr
    assert (running.app / ".env").read_bytes() == before
    assert [start["DB_PASSWORD"] for start in running.started_with] == [
        "wrongPassword0123456789",
        SECRETS["db-password"],
    ]


@pytest.mark.attack(41)
def test_a_container_that_starts_and_answers_badly_brings_the_old_file_back(running: Machine) -> None:
    running.put(db_password="wrongPassword0123456789")
    running.queue("health", 22, 22, 0)
    done = running.run()
    assert done.returncode == 1
    assert "unhealthy: http://localhost:8000/health/ does not answer with success" in done.stderr
    assert running.env["DB_PASSWORD"] == SECRETS["db-password"]


def test_health_is_asked_more_than_once(running: Machine) -> None:
    running.queue("health", 22, 0)
    assert running.run().returncode == 0


@pytest.mark.attack(41)
def test_an_old_file_that_is_unhealthy_too_is_said(running: Machine) -> None:
    running.queue("results", 1, 1)
    done = running.run()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "the update failed: compose ended with 1",
        "the previous .env is back, too: compose ended with 1",
    ]


def test_a_first_start_that_fails_has_nothing_to_go_back_to(host: Machine) -> None:
    host.queue("results", 1)
    done = host.run()
    assert done.returncode == 1
    assert "there is no previous .env" in done.stderr


@pytest.mark.accepts("B5")
def test_a_deployment_runs_the_digest_it_was_given(running: Machine) -> None:
    assert running.run(NEW).returncode == 0
    assert running.env["APP_IMAGE"].endswith(NEW)


def test_a_failed_deployment_goes_back_to_the_old_image(running: Machine) -> None:
    running.queue("results", 1, 0)
    assert running.run(NEW).returncode == 1
    assert running.env["APP_IMAGE"].endswith(OLD)
    assert running.run().returncode == 0
    assert running.env["APP_IMAGE"].endswith(OLD)


def test_an_update_keeps_the_image_that_was_deployed_here(running: Machine) -> None:
    running.run(NEW)
    assert running.run().returncode == 0
    assert running.env["APP_IMAGE"].endswith(NEW)


def test_a_new_host_starts_with_the_image_that_was_deployed_last(host: Machine) -> None:
    host.put(image_digest=NEW)
    assert host.run().returncode == 0
    assert host.env["APP_IMAGE"].endswith(NEW)


def test_a_host_without_any_image_waits_for_a_deployment(host: Machine) -> None:
    host.drop("image-digest")
    done = host.run()
    assert done.returncode == 3
    assert "parameter image-digest not set" in done.stderr
    assert host.run(NEW).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [("latest",), ("",), (f"{NEW}x",), (f"{NEW}\n",), (NEW.upper(),), ("$(id)",), (NEW, NEW)],
)
def test_anything_but_one_digest_is_refused_before_a_call_is_made(
    host: Machine, arguments: tuple[str, ...]
) -> None:
    assert host.run(*arguments).returncode == 2
    assert not (host.root / "calls").exists()


def test_two_updates_at_once_are_one_too_many(running: Machine) -> None:
    with subprocess.Popen(["flock", str(running.app / ".update.lock"), "sleep", "5"]) as holder:
        while subprocess.run(["flock", "-n", str(running.app / ".update.lock"), "true"]).returncode == 0:
            pass
        done = running.run()
        holder.terminate()
    assert done.returncode == 4


@pytest.mark.attack(38)
def test_a_link_is_replaced_and_what_it_points_to_is_left_alone(running: Machine, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (running.app / ".env").unlink()
    (running.app / ".env").symlink_to(victim)
    assert running.run().returncode == 0
    assert victim.read_text() == "untouched"
    assert not (running.app / ".env").is_symlink()
    assert (running.app / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.attack(38)
def test_a_link_to_a_folder_is_replaced_and_nothing_lands_in_the_folder(
    running: Machine, tmp_path: Path
) -> None:
    victim = tmp_path / "folder"
    victim.mkdir()
    (running.app / ".env").unlink()
    (running.app / ".env").symlink_to(victim)
    assert running.run().returncode == 0
    assert list(victim.iterdir()) == []
    assert not (running.app / ".env").is_symlink()


@pytest.mark.attack(38)
def test_a_link_is_never_what_is_gone_back_to(running: Machine, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("SECRET_KEY=theirs\n")
    (running.app / ".env").unlink()
    (running.app / ".env").symlink_to(victim)
    running.queue("results", 1)
    done = running.run()
    assert done.returncode == 1
    assert "there is no previous .env" in done.stderr
    assert not (running.app / ".env").is_symlink()


@pytest.mark.accepts("B20")
@pytest.mark.attack(38)
def test_whatever_the_script_leaves_is_for_root_alone(host: Machine) -> None:
    host.run()
    for name in (".env", ".image-digest", ".update.lock"):
        assert (host.app / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.attack(38)
def test_a_reader_never_meets_half_a_file(running: Machine) -> None:
    seen: set[bytes] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.add((running.app / ".env").read_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    whole = {(running.app / ".env").read_bytes()}
    for name in ("first.internal", "second.internal"):
        running.put(db_host=name)
        running.run()
        whole.add((running.app / ".env").read_bytes())
    over.set()
    watcher.join()
    assert seen <= whole


KILLS = range(19)


@pytest.mark.attack(38, 41)
@pytest.mark.parametrize("call", KILLS)
def test_a_killed_run_leaves_a_whole_file_and_the_next_one_mends(running: Machine, call: int) -> None:
    before = running.env
    running.put(db_host="moved.internal")
    running.kill_before(call)
    done = running.run(NEW)
    assert running.env in (
        before,
        {**before, "DB_HOST": "moved.internal", "APP_IMAGE": f"example-org/cinematch@{NEW}"},
    )
    assert (running.app / ".env").stat().st_mode & 0o777 == 0o600
    assert done.returncode != 0
    assert running.run(NEW).returncode == 0
    assert running.env["DB_HOST"] == "moved.internal"
    left = {path.name for path in running.app.iterdir()}
    assert left == {".env", ".image-digest", ".update.lock", "env.template"}


def test_the_kills_reach_every_command_of_a_run(running: Machine) -> None:
    assert running.run(NEW).returncode == 0
    assert len(running.calls) == len(KILLS)


@pytest.mark.attack(41)
def test_after_a_kill_an_unhealthy_file_goes_back_to_the_last_good_one(running: Machine) -> None:
    good = running.env
    running.put(db_host="broken.internal")
    first_start = next(
        number for number, call in enumerate(_dry_calls(running)) if call.startswith("docker compose")
    )
    running.kill_before(first_start)
    assert running.run().returncode == KILLED
    running.queue("results", 1, 0)
    assert running.run().returncode == 1
    assert running.env == good


def _dry_calls(running: Machine) -> list[str]:
    """The commands of a successful run with the current values."""
    old = (running.root / "store" / "db-host").read_text()
    (running.root / "store" / "db-host").write_text("1\tdb.internal")
    running.run()
    calls = running.calls
    (running.root / "calls").unlink()
    (running.root / "store" / "db-host").write_text(old)
    return calls
