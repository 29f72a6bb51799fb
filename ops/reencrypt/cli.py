"""The command ``ops reencrypt``: counts by default, writes with --apply, never prints a value."""

from __future__ import annotations

import sys
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
from ops.reencrypt.page import PAGE_BYTES, PAGE_ROWS
from ops.reencrypt.plan import Mode, Plan
from ops.reencrypt.progress import reporting
from ops.reencrypt.records.marker import check_host
from ops.reencrypt.report import report
from ops.reencrypt.run import Outcome, Run
from ops.reencrypt.session import Database
from ops.reencrypt.target import Inventory
from ops.reencrypt.verification import Scan, Verification
from settings import Settings, read_stack_file

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@dataclass(frozen=True)
class Options:
    """The options of the command."""

    column: list[str]
    database: str
    ring: str | None
    secret: str | None
    mode: str | None
    verify: bool
    pace: dict[str, Any]


@app.command("reencrypt")
def reencrypt_command(
    stack: Stack,
    column: Annotated[
        list[str] | None,
        typer.Option(help="TABLE.COLUMN in encryptedColumns; may be repeated (default: all)."),
    ] = None,
    database: Annotated[str, typer.Option(help=f"The database's URL: {sources.FORMS}.")] = "env:DATABASE_URL",
    ring: Annotated[
        str | None, typer.Option(help=f"The key ring: {sources.FORMS} (default: the secret's own).")
    ] = None,
    secret: Annotated[str | None, typer.Option(help="The secret, if several have a key ring.")] = None,
    mode: Annotated[
        str | None,
        typer.Option(help="enc2 (online) or legacy (in a maintenance window); default: each column's."),
    ] = None,
    workers: Annotated[int, typer.Option(help="Worker processes; each takes ranges of the primary key.")] = 2,
    parts: Annotated[
        int | None, typer.Option(help="Ranges of the primary key, if several commands work on a table.")
    ] = None,
    page: Annotated[int, typer.Option(help="Rows per page.")] = PAGE_ROWS,
    page_bytes: Annotated[
        int, typer.Option(help="Bytes of values in memory, over all workers.")
    ] = PAGE_BYTES,
    rate: Annotated[float | None, typer.Option(help="Maximum rows written per second.")] = None,
    encrypt_plaintext: Annotated[
        bool, typer.Option("--encrypt-plaintext", help="Also encrypt plain text.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Read all values with the current key only; recorded with --apply."),
    ] = False,
    as_json: Json = False,
    profile: Profile = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write; without it rows are counted only.")] = False,
    yes: Yes = False,
    reason: Reason = None,
) -> None:
    """Re-encrypt every stored value with the current key of the key ring."""
    pace = {
        "workers": workers,
        "parts": parts,
        "page_rows": page,
        "page_bytes": page_bytes,
        "rows_per_s": rate,
        "encrypt_plaintext": encrypt_plaintext,
    }
    options = Options(column or [], database, ring, secret, mode, verify, pace)
    consent = Consent(apply=apply, yes=yes, reason=reason)
    exit_with(lambda: reencrypt(stack, profile, consent, options, Screen(as_json=as_json)))


def reencrypt(stack: str, profile: str | None, consent: Consent, options: Options, screen: Screen) -> Exit:
    """Count, re-encrypt or verify the declared columns, as the options say."""
    settings = read_stack_file(stack)
    key = _encrypting_secret(settings, options.secret)
    inventory = Inventory.of(stack, settings, key)
    plan = Plan(inventory.only(options.column), mode=_mode(options.mode), **options.pace)
    # Counting changes nothing; a recorded verification requires consent, as retirement depends on it.
    write = consent.given(stack, production=settings.environment.production)
    keys, database = _sources(options, settings, key, cache(lambda: connect(stack, settings, profile)))
    outcomes, scan = list[Outcome](), Verification([], [])
    with reporting(sys.stderr) as on_step:
        if options.verify or not write:
            scan = Scan(database, keys, plan, record=write, on_step=on_step)()
        else:
            outcomes = Run(database, keys, plan, on_step=on_step)()
    report(screen, outcomes or scan.counts, scan.undeclared, stack=stack, ring=keys, applied=write)
    if not write:
        screen.line("nothing was changed or recorded; add --apply")
    unclean = any(one.poison_count for one in outcomes or scan.counts) or bool(scan.undeclared)
    if options.verify:
        unclean = not scan.clean
    return Exit.FINDING if unclean else Exit.DONE


def _encrypting_secret(settings: Settings, name: str | None) -> str:
    known = {
        key: entry
        for key, entry in settings.secrets.items()
        if entry.kind == "aes-256-key" and entry.keyring is not None
    }
    found = [key for key, entry in known.items() if name in (None, key, entry.name)]
    if len(found) != 1:
        which = ", ".join(known) or "none"
        raise Stop(Exit.BAD_INPUT, f"--secret: give one aes-256-key with a key ring; declared are: {which}")
    return found[0]


def _mode(given: str | None) -> Mode | None:
    if given in (None, "legacy", "enc2"):
        return given
    raise Stop(Exit.BAD_INPUT, f"--mode must be legacy or enc2, not {given}")


def _sources(options: Options, settings: Settings, key: str, session: Any) -> tuple[Ring, Database]:
    entry = settings.secrets[key]
    ring = options.ring or f"secret:{entry.keyring.name if entry.keyring else ''}"
    if ring == options.database == "stdin":
        raise Stop(Exit.BAD_INPUT, "stdin provides one value: give --ring or --database another source")
    problem = None
    try:
        keys = Ring.load(sources.read("--ring", ring, session))
    except RingError as refusal:
        keys, problem = None, str(refusal)
    if keys is None:
        raise Stop(Exit.BAD_INPUT, f"the key ring is invalid: {problem}")
    # A newer generation is valid: the task's image may have been built before a rotation.
    if keys.current.generation < entry.generation:
        raise Stop(
            Exit.REFUSED,
            f"generation {keys.current.generation} is current in this key ring, but the stack file declares "
            f"generation {entry.generation} of {key}: the key ring is out of date; give the one in the store",
        )
    database = Database(sources.read("--database", options.database, session))
    asking = any(source.startswith("secret:") for source in (ring, options.database))
    check_host(database.host, settings, session() if asking else None)
    return keys, database
