"""``python -m sandbox preview|up``: from nothing to a verified stack, with an exit code that says how."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sandbox import report, samples, session, terminal
from sandbox.config import BadInput
from sandbox.engine.model import Result
from sandbox.sandbox import PACK, ROOT, Sandbox
from sandbox.session import Session
from sandbox.verification import Verify

OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Options:
    """One command as it was typed; the parser says what each option does."""

    command: str
    stack: str
    json: Path | None = None
    root: Path = ROOT
    pack: str = PACK
    keep: bool = False
    port: int = 0
    postgres: str | None = None
    no_verify: bool = False


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, text in (
        ("preview", "say what up would do, with the policies' verdict; change nothing"),
        ("up", "bring the stack up in an emulated AWS, verify it, print its outputs"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--stack", required=True, help="the stack: Pulumi.<stack>.yaml")
        command.add_argument("--json", type=Path, metavar="FILE", help="write everything there as JSON")
        command.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
        command.add_argument("--pack", default=PACK, help=argparse.SUPPRESS)
    up = commands.choices["up"]
    up.add_argument("--keep", action="store_true", help="serve the emulated AWS until Ctrl-C")
    up.add_argument("--port", type=int, default=0, help="loopback port for --keep (default: any free one)")
    up.add_argument(
        "--postgres",
        metavar="DSN",
        help="let the rotation function work on this server, as its superuser (password: PGPASSWORD)",
    )
    up.add_argument("--no-verify", action="store_true", help="leave out the live checks at the end")
    return top


def main(arguments: list[str] | None = None, *, verify: Verify) -> int:
    """Run one command as it was typed, with these live checks; answers the exit code."""
    return run(Options(**vars(parser().parse_args(arguments))), verify=verify)


def run(options: Options, *, verify: Verify) -> int:
    """Run one command with these live checks; answers the exit code."""
    try:
        return _run(options, verify)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted: nothing outside this process was touched", file=sys.stderr)
        return INTERRUPTED


def _run(options: Options, verify: Verify) -> int:
    home = Session.of(options.root, options.stack)
    living = home.endpoint()
    if options.command == "up" and options.keep and living:
        raise BadInput(
            f"stack {options.stack} is kept at {living} already; run up without --keep to update it"
        )
    keeping = options.command == "up" and options.keep
    if options.command == "up" and options.postgres:
        from sandbox.moto import postgresql  # loads moto, which a wrong command line need not wait for

        postgresql.use(options.postgres)
    state = home.state if living or keeping else None
    sandbox = Sandbox(options.stack, root=options.root, pack=options.pack, endpoint=living, state_file=state)
    screen = Screen()
    with ExitStack() as exits:
        endpoint = ""
        if keeping:
            home.forget()  # what a world that died left behind: its key is gone
            exits.enter_context(sandbox.emulating())
            endpoint = exits.enter_context(session.serving(home, sandbox.account, sandbox.role, options.port))
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
    """A PostgreSQL for the rotation function of a stack that has one, while the account is open."""
    from sandbox.moto import postgresql

    settings = samples.settings_of(sandbox.config(), sandbox.root)
    return postgresql.local_server() if settings and settings.rotated_secret else nullcontext()


def _preview(sandbox: Sandbox, screen: Screen) -> Result:
    result = sandbox.preview()
    screen.plan(result)
    return result


def _bring_up(sandbox: Sandbox, verify: Verify | None, screen: Screen) -> Result:
    """An update is planned first; a first creation shows its tree afterwards, or all that forbids it."""
    planned = sandbox.preview() if sandbox.state.resources else None
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
    """Rich on a terminal, plain lines otherwise."""

    def __init__(self) -> None:
        self._console = terminal.console()

    def plan(self, result: Result) -> None:
        """What will be done."""
        if self._console.is_terminal:
            terminal.plan(result, self._console)
        else:
            report.plan(result)

    def progress(self, planned: Result | None) -> _Progress:
        """Shown while resources are made."""
        total = len(planned.steps) if planned else None
        bar = terminal.Bar(self._console, total) if self._console.is_terminal else None
        return _Progress(bar)

    def outcome(self, result: Result) -> None:
        """What was done."""
        if self._console.is_terminal:
            terminal.outcome(result, self._console)
        else:
            report.outcome(result)

    def kept(self, environment: dict[str, str]) -> None:
        """How others reach the kept world."""
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
