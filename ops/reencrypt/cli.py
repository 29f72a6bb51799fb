"""``ops reencrypt`` counts by default, writes with --apply, and never prints a value."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import typer

from encryption_keys import Ring, RingError
from ops.core.consent import Consent
from ops.core.console import Screen
from ops.core.exits import Exit, Stop, exit_with
from ops.core.options import Json, Profile, Reason, Stack, Yes
from ops.core.session import connect
from ops.reencrypt import sources
from ops.reencrypt.page import PAGE_ROWS
from ops.reencrypt.plan import Plan
from ops.reencrypt.progress import reporting
from ops.reencrypt.run import Run
from ops.reencrypt.session import Database
from ops.reencrypt.tally import Outcome
from ops.reencrypt.target import Target
from ops.reencrypt.verification import Count, Survey
from settings import Settings, read_stack_file
from settings.schema.secrets import SecretSettings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

SHOWN_POISON = 20
"""Rows that people see one by one; --json has them all."""


@dataclass(frozen=True)
class Options:
    """What the operator asked for, before the stack file has its say."""

    target: list[str]
    database: str
    ring: str | None
    secret: str | None
    mode: str | None
    verify: bool
    pace: dict[str, Any]


@app.command("reencrypt")
def reencrypt_command(
    stack: Stack,
    target: Annotated[list[str], typer.Option(help="TABLE:PRIMARY_KEY:COLUMN:OWNER_COLUMN; repeat it.")],
    database: Annotated[str, typer.Option(help=f"The database's URL: {sources.FORMS}.")] = "env:DATABASE_URL",
    ring: Annotated[
        str | None, typer.Option(help=f"The keyring: {sources.FORMS}. By default the secret's own.")
    ] = None,
    secret: Annotated[str | None, typer.Option(help="Which secret's keyring, if there are several.")] = None,
    mode: Annotated[
        str | None, typer.Option(help="enc2 (online) or legacy (in a window); by default what readers know.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Threads, each with a part of the key space.")] = 2,
    parts: Annotated[int | None, typer.Option(help="Parts, when several processes share a table.")] = None,
    page: Annotated[int, typer.Option(help="Rows read and written at once.")] = PAGE_ROWS,
    rate: Annotated[float | None, typer.Option(help="At most this many rows a second.")] = None,
    encrypt_plaintext: Annotated[
        bool, typer.Option("--encrypt-plaintext", help="Encrypt plain text too.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read all by the current key alone; recorded with --apply.")
    ] = False,
    as_json: Json = False,
    profile: Profile = None,
    apply: Annotated[bool, typer.Option("--apply", help="Really do it; without this it counts.")] = False,
    yes: Yes = False,
    reason: Reason = None,
) -> None:
    """Bring every stored value under the current key of the ring."""
    pace = {
        "workers": workers,
        "parts": parts,
        "page_rows": page,
        "rows_per_s": rate,
        "encrypt_plaintext": encrypt_plaintext,
    }
    options = Options(target, database, ring, secret, mode, verify, pace)
    consent = Consent(apply=apply, yes=yes, reason=reason)
    exit_with(lambda: reencrypt(stack, profile, consent, options, Screen(as_json=as_json)))


def reencrypt(stack: str, profile: str | None, consent: Consent, options: Options, screen: Screen) -> Exit:
    """Do what the options say, as far as the stack file and the operator's consent allow."""
    settings = read_stack_file(stack)
    entry = _encrypting_secret(settings, options.secret)
    plan = _plan(options, entry)
    # Counting changes nothing; but on a recorded verification a retirement rests.
    write = consent.given(stack, production=settings.environment.production)
    keys, database = _sources(options, entry, cache(lambda: connect(stack, settings, profile)))
    with reporting(sys.stderr) as tell:
        if options.verify or not write:
            done = Survey(database, keys, plan, record=write, tell=tell)()
        else:
            done = Run(database, keys, plan, tell=tell)()
    columns = [_document(one) for one in done]
    screen.document({"stack": stack, "current": keys.current.kid, "applied": write, "columns": columns})
    _say(screen, done)
    if not write:
        screen.line("nothing was changed or recorded; add --apply")
    unclean = any(one.poison_count for one in done)
    if options.verify:
        unclean = any(isinstance(one, Count) and not one.clean for one in done)
    return Exit.FINDING if unclean else Exit.DONE


def _encrypting_secret(settings: Settings, name: str | None) -> SecretSettings:
    known = {
        key: entry
        for key, entry in settings.secrets.items()
        if entry.kind == "aes-256-key" and entry.keyring is not None
    }
    found = [entry for key, entry in known.items() if name in (None, key, entry.name)]
    if len(found) != 1:
        which = ", ".join(known) or "none"
        raise Stop(Exit.BAD_INPUT, f"--secret: name one aes-256-key that has a keyring; there are: {which}")
    return found[0]


def _plan(options: Options, entry: SecretSettings) -> Plan:
    mode = options.mode or entry.envelope
    if mode not in ("legacy", "enc2"):
        raise Stop(Exit.BAD_INPUT, f"--mode must be legacy or enc2, not {mode}")
    targets = tuple(map(Target.parse, options.target))
    return Plan(targets=targets, mode=mode, envelope=entry.envelope, **options.pace)


def _sources(options: Options, entry: SecretSettings, session: Any) -> tuple[Ring, Database]:
    ring = options.ring or f"secret:{entry.keyring.name if entry.keyring else ''}"
    if ring == options.database == "stdin":
        raise Stop(Exit.BAD_INPUT, "stdin holds one value: give --ring or --database another source")
    problem = None
    try:
        keys = Ring.load(sources.read("--ring", ring, session))
    except RingError as refusal:
        keys, problem = None, str(refusal)
    if keys is None:
        raise Stop(Exit.BAD_INPUT, f"the keyring is refused: {problem}")
    return keys, Database(sources.read("--database", options.database, session))


def _say(screen: Screen, done: Sequence[Count | Outcome]) -> None:
    for one in done:
        screen.line(_sentence(one))
        for key, why in one.poison[:SHOWN_POISON]:
            screen.line(f"  {why}: row {key}", "red")
        if one.poison_count > SHOWN_POISON:
            screen.line(f"  and {one.poison_count - SHOWN_POISON} more; --json lists them", "red")
        for warning in one.warnings:
            screen.line(warning, "yellow")


def _sentence(one: Count | Outcome) -> str:
    if isinstance(one, Outcome):
        return (
            f"{one.target}: {one.written} rows renewed in {one.passes} passes, "
            f"{one.conflicts} left to a quicker writer, {one.poison_count} unreadable"
        )
    keys = ", ".join(f"{count} under {key}" for key, count in sorted(one.by_key.items())) or "none encrypted"
    return f"{one.target}: {one.total} rows: {keys}, {one.plain} plain, {one.poison_count} unreadable"


def _document(one: Count | Outcome) -> dict[str, Any]:
    names = ("passes", "written", "conflicts", "total", "by_key", "old", "plain", "poison_count", "warnings")
    found = {name: getattr(one, name) for name in names if hasattr(one, name)}
    return {"target": str(one.target), **found, "poison": [row._asdict() for row in one.poison]}
