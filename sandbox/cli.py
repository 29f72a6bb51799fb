"""Previews or creates a stack in an emulated AWS, checks it against the policies, and verifies it."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sandbox import engines, report, samples, session, terminal
from sandbox.config import BadInput
from sandbox.engine.model import Result
from sandbox.sandbox import PACK, ROOT, Sandbox
from sandbox.session import Session
from sandbox.verification import Verify

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
ENGINE = "what runs the program (default: the engine of the kept sandbox, else in-process)"
VERBOSE = "list the resource types that the sandbox emulates without moto"


@dataclass(frozen=True)
class Options:
    """One command with its options, as the parser describes them."""

    command: str
    stack: str
    json: Path | None = None
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
        ("up", "create or update the stack in an emulated AWS, verify it, print its outputs"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--stack", required=True, help="name of the stack: Pulumi.<stack>.yaml")
        command.add_argument("--json", type=Path, metavar="FILE", help="write the whole result as JSON")
        command.add_argument("--verbose", action="store_true", help=VERBOSE)
        command.add_argument("--engine", choices=engines.ENGINES, help=ENGINE)
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


def main(arguments: list[str] | None = None, *, verify: Verify) -> int:
    """Parse and run one command; returns the exit code."""
    return run(Options(**vars(parser().parse_args(arguments))), verify=verify)


def run(options: Options, *, verify: Verify) -> int:
    """Run one command, with ``verify`` as the live checks; returns the exit code."""
    try:
        return _run(options, verify)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted: nothing outside this process was changed", file=sys.stderr)
        return INTERRUPTED


def _run(options: Options, verify: Verify) -> int:
    home = Session.of(options.root, options.stack)
    living = home.endpoint()
    engine = engines.engine_of(options.stack, options.engine, home)
    if options.command == "up" and options.keep and living:
        raise BadInput(
            f"stack {options.stack} is already served at {living}: run up without --keep to update it"
        )
    keeping = options.command == "up" and options.keep
    if options.command == "up" and options.postgres:
        from sandbox.moto import postgresql  # loads moto

        postgresql.use(options.postgres)
    kept_in = home if living or keeping else None
    sandbox = engines.sandbox_of(
        options.stack, engine, kept_in, root=options.root, pack=options.pack, endpoint=living
    )
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
        result = _bring_up(sandbox, checks, screen) if options.command == "up" else _preview(sandbox, screen)
        screen.outcome(result)
        if options.json:
            report.write(result, options.json)
        if keeping and not result.preview:
            screen.kept(session.environment(endpoint, sandbox.region))
            session.wait()
    return result.exit_code


def _database(sandbox: Sandbox) -> AbstractContextManager[None]:
    """A PostgreSQL server for the rotation function, where the stack has one."""
    from sandbox.moto import postgresql

    settings = samples.settings_of(sandbox.config(), sandbox.root)
    return postgresql.local_server() if settings and settings.rotated_secret else nullcontext()


def _preview(sandbox: Sandbox, screen: Screen) -> Result:
    result = sandbox.preview()
    screen.plan(result)
    return result


def _bring_up(sandbox: Sandbox, verify: Verify | None, screen: Screen) -> Result:
    """Update the stack after a preview; create it without one, and show the tree or all violations after."""
    planned = sandbox.preview() if sandbox.exists else None
    if planned:
        screen.plan(planned)
        if planned.exit_code:
            return planned
    with screen.progress(planned) as watch:
        result = sandbox.up(verify=verify, watch=watch)
    if planned:
        result.seconds = {"plan": planned.seconds["total"], **result.seconds}
        return result
    forbidden = any(finding.stops for finding in result.findings)
    screen.plan(sandbox.preview() if forbidden else result)
    return result


class Screen:
    """Prints with Rich on a terminal, as plain lines otherwise."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._console, self._verbose = terminal.console(), verbose

    def plan(self, result: Result) -> None:
        """Print what will be done."""
        if self._console.is_terminal:
            terminal.plan(result, self._console)
        else:
            report.plan(result)

    def progress(self, planned: Result | None) -> _Progress:
        """A progress bar while resources are created."""
        total = len(planned.steps) if planned else None
        bar = terminal.Bar(self._console, total) if self._console.is_terminal else None
        return _Progress(bar)

    def outcome(self, result: Result) -> None:
        """Print what was done."""
        if self._console.is_terminal:
            terminal.outcome(result, self._console, verbose=self._verbose)
        else:
            report.outcome(result, verbose=self._verbose)

    def kept(self, environment: dict[str, str]) -> None:
        """Print the environment variables with which other processes use the sandbox."""
        print("kept until Ctrl-C; in another shell:")
        print("export " + " ".join(f"{key}={value}" for key, value in environment.items()), flush=True)


class _Progress:
    def __init__(self, bar: terminal.Bar | None) -> None:
        self._bar = bar

    def __enter__(self) -> terminal.Watch | None:
        return self._bar.__enter__().watch if self._bar else None

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.__exit__(None, None, None)
