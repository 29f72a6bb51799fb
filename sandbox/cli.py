"""Previews, creates, refreshes or destroys a stack in an emulated AWS, with its policies and live checks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from exit_codes import Exit
from sandbox import engines, samples, session
from sandbox.config import BadInput
from sandbox.engine.model import Result
from sandbox.formats import files
from sandbox.sandbox import PACK, ROOT, Sandbox
from sandbox.session import Session
from sandbox.terminal import Screen
from sandbox.verification import Verify
from settings.errors import SettingsError

WritePage = Callable[[Sandbox, Result], None]
"""Writes the page of a stack that is up, and notes its file in the result."""

ON_A_STATE = ("refresh", "destroy")
"""Commands that do not run the program."""
ENGINE = "what runs the program (default: the engine of the kept sandbox, else in-process)"
SARIF = "write the policy violations as SARIF, for code scanning"
JUNIT = "write the policies as JUnit test cases, for the test reports of a pipeline"
VERBOSE = "also print outputs, advisory violations, and types emulated without moto"
CONFIG_FILE = "read the configuration from this file instead of Pulumi.<stack>.yaml"


@dataclass(frozen=True)
class Options:
    """One command with its options, as the parser describes them."""

    command: str
    stack: str
    json: Path | None = None
    sarif: Path | None = None
    junit: Path | None = None
    config_file: Path | None = None
    root: Path = ROOT
    pack: str = PACK
    keep: bool = False
    port: int = 0
    postgres: str | None = None
    no_verify: bool = False
    verbose: bool = False
    engine: str | None = None


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, text in (
        ("preview", "show what up would change, and policy violations; change nothing"),
        ("up", "create or update the stack in an emulated AWS, verify it, write its page"),
        ("refresh", "take what was changed or deleted by hand in the kept AWS into the stack's state"),
        ("destroy", "delete every resource of the kept stack; nothing where one of them is protected"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--stack", required=True, help="name of the stack: Pulumi.<stack>.yaml")
        command.add_argument("--json", type=Path, metavar="FILE", help="write the whole result as JSON")
        if name not in ON_A_STATE:
            command.add_argument("--sarif", type=Path, metavar="FILE", help=SARIF)
            command.add_argument("--junit", type=Path, metavar="FILE", help=JUNIT)
        command.add_argument("--verbose", action="store_true", help=VERBOSE)
        command.add_argument("--engine", choices=engines.ENGINES, help=ENGINE)
        command.add_argument("--config-file", type=Path, metavar="FILE", help=CONFIG_FILE)
        command.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
        command.add_argument("--pack", default=PACK, help=argparse.SUPPRESS)
    up = commands.choices["up"]
    up.add_argument("--keep", action="store_true", help="serve the emulated AWS until Ctrl-C")
    up.add_argument("--port", type=int, default=0, help="loopback port for --keep (default: any free one)")
    up.add_argument(
        "--postgres",
        metavar="DSN",
        help="PostgreSQL server for the rotation function: DSN of its superuser (password: PGPASSWORD)",
    )
    up.add_argument("--no-verify", action="store_true", help="skip the live checks at the end")
    return top


def main(arguments: list[str] | None = None, *, verify: Verify, write_page: WritePage | None = None) -> int:
    """Parse and run one command; returns the exit code."""
    options = Options(**vars(parser().parse_args(arguments)))
    return run(options, verify=verify, write_page=write_page)


def run(options: Options, *, verify: Verify, write_page: WritePage | None = None) -> int:
    """Run one command, with ``verify`` as the live checks; returns the exit code."""
    try:
        return _run(options, verify, write_page)
    except (BadInput, SettingsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return Exit.BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted: nothing outside this process was changed", file=sys.stderr)
        return Exit.INTERRUPTED


def _run(options: Options, verify: Verify, write_page: WritePage | None) -> int:
    home = Session.of(options.root, options.stack)
    living = home.endpoint()
    engine = engines.engine_of(options.stack, options.engine, home)
    if options.command == "up" and options.keep and living:
        raise BadInput(
            f"stack {options.stack} is already served at {living}: run up without --keep to update it"
        )
    if options.command in ON_A_STATE and not living:
        raise BadInput(
            f"stack {options.stack} is not kept: run `python -m sandbox up --stack {options.stack} --keep` "
            "in another shell first"
        )
    keeping = options.command == "up" and options.keep
    if options.command == "up" and options.postgres:
        from sandbox.moto import postgresql  # loads moto

        postgresql.use(options.postgres)
    kept_in = home if living or keeping else None
    place = {"root": options.root, "config_file": options.config_file, "pack": options.pack}
    sandbox = engines.sandbox_of(options.stack, engine, kept_in, endpoint=living, **place)
    if options.command not in ON_A_STATE:
        samples.check(sandbox.config(), options.root)
    screen = Screen(verbose=options.verbose)
    with ExitStack() as exits:
        endpoint = ""
        if keeping:
            home.forget()  # files of a sandbox that was killed: the key of its state is gone
            exits.enter_context(sandbox.emulating())
            server = session.serving(home, sandbox.account, sandbox.role, options.port, engine)
            sandbox.served = endpoint = exits.enter_context(server)
        exits.enter_context(sandbox)
        if options.command == "up" and not living:
            exits.enter_context(_database(sandbox))
        checks = None if options.no_verify else verify
        result = _carry_out(options.command, sandbox, checks, screen, write_page)
        screen.outcome(result)
        files.write(result, json=options.json, sarif=options.sarif, junit=options.junit)
        if keeping and not result.preview:
            screen.kept(session.environment(endpoint, sandbox.region))
            session.wait()
    return result.exit_code


def _database(sandbox: Sandbox) -> AbstractContextManager[None]:
    """A PostgreSQL server for the rotation function, where the stack has one."""
    from sandbox.moto import postgresql

    settings = samples.settings_of(sandbox.config(), sandbox.root)
    return postgresql.local_server() if settings and settings.rotated_secret else nullcontext()


def _carry_out(
    command: str, sandbox: Sandbox, verify: Verify | None, screen: Screen, write_page: WritePage | None
) -> Result:
    if command == "up":
        return _bring_up(sandbox, verify, screen, write_page)
    if command == "preview":
        result = sandbox.preview()
    else:
        with screen.progress(len(sandbox.deployed())) as watch:
            result = sandbox.refresh(watch=watch) if command == "refresh" else sandbox.destroy(watch=watch)
    screen.plan(result)
    return result


def _bring_up(
    sandbox: Sandbox, verify: Verify | None, screen: Screen, write_page: WritePage | None
) -> Result:
    """Update the stack after a preview; create it without one, and show the tree or all violations after."""
    planned = sandbox.preview() if sandbox.deployed() else None
    if planned:
        screen.plan(planned)
        if planned.exit_code:
            return planned
    with screen.progress(len(planned.steps) if planned else None) as watch:
        result = sandbox.up(verify=verify, watch=watch)
        if write_page and result.verification and not result.verification.problem:
            write_page(sandbox, result)
    if planned:
        result.seconds = {"plan": planned.seconds["total"], **result.seconds}
        return result
    forbidden = any(finding.stops for finding in result.findings)
    screen.plan(sandbox.preview() if forbidden else result)
    return result
