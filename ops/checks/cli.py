"""The commands ``verify``, ``show``, ``launch-checklist`` and ``preflight``; they change nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.checks import launch_checklist as checklist
from ops.checks.preflight import PREFLIGHT
from ops.checks.show import show
from ops.checks.verify import run
from ops.checks.verify.registry import REGISTRY
from ops.checks.verify.secrets.against import compare
from ops.core.aws_state import AwsState
from ops.core.console import Screen
from ops.core.exits import Exit, exit_with
from ops.core.findings import Report
from ops.core.options import Json, Profile, Stack
from ops.core.session import aws_errors, connect
from settings import read_stack_file

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("verify")
def verify_command(
    stack: Stack,
    as_json: Json = False,
    profile: Profile = None,
    against: Annotated[
        str | None, typer.Option(help="Also compare secret values with this stack's, by keyed fingerprint.")
    ] = None,
    against_profile: Annotated[str | None, typer.Option(help="AWS profile of the other stack.")] = None,
) -> None:
    """Check that the running stack matches its stack file."""
    exit_with(lambda: verify(stack, profile, against, against_profile, as_json=as_json))


@app.command("show")
def show_command(
    stack: Stack,
    service: Annotated[str | None, typer.Argument(help="A service or tool, or host.")] = None,
    as_json: Json = False,
    profile: Profile = None,
) -> None:
    """Show what runs: image, tasks, secrets by name, log group, URL and alarms."""
    exit_with(lambda: show_parts(stack, profile, service, as_json=as_json))


@app.command("launch-checklist")
@app.command("prelaunch", hidden=True)  # its name until 2026-11-29; pipelines may still use it
def launch_checklist_command(stack: Stack, as_json: Json = False, profile: Profile = None) -> None:
    """Print the launch checklist, each item with its evidence."""
    exit_with(lambda: launch_checklist(stack, profile, as_json=as_json))


@app.command("preflight")
def preflight_command(stack: Stack, as_json: Json = False, profile: Profile = None) -> None:
    """Check, before the first update, that region and account can hold the stack."""
    exit_with(lambda: preflight(stack, profile, as_json=as_json))


def verify(
    stack: str, profile: str | None, against: str | None, against_profile: str | None, *, as_json: bool
) -> Exit:
    """Run every check on the stack; with ``against`` compare its secret values with another stack's too."""
    screen, aws = Screen(as_json=as_json), _aws(stack, profile)
    checks = tuple(REGISTRY.values())
    with aws_errors(), screen.progress(len(checks)) as progress:
        report = run(aws, checks, progress)
        if against is not None:
            other = _aws(against, against_profile or profile)
            found = compare(aws, other, against)
            report = Report(report.findings + found.findings, report.checks + found.checks)
    screen.report(stack, report)
    return _verdict(report)


def show_parts(stack: str, profile: str | None, service: str | None, *, as_json: bool) -> Exit:
    """Show what runs; exit code 1 where a part is missing, incomplete or alarming."""
    screen, aws = Screen(as_json=as_json), _aws(stack, profile)
    with aws_errors():
        return show.command(aws, screen, stack, service)


def launch_checklist(stack: str, profile: str | None, *, as_json: bool) -> Exit:
    """Print the launch checklist; exit code 1 unless every item is done."""
    screen, aws = Screen(as_json=as_json), _aws(stack, profile)
    with aws_errors():
        lines = checklist.walk(aws, stack)
    screen.document({"stack": stack, "items": [line.to_dict() for line in lines]})
    for line in lines:
        screen.line(str(line), "green" if line.done else "red")
    done = sum(line.done for line in lines)
    screen.line(f"{stack}: {done} of {len(lines)} done")
    return Exit.DONE if done == len(lines) else Exit.FINDING


def preflight(stack: str, profile: str | None, *, as_json: bool) -> Exit:
    """Check that region and account can hold the stack."""
    screen, aws = Screen(as_json=as_json), _aws(stack, profile)
    with aws_errors(), screen.progress(len(PREFLIGHT)) as progress:
        report = run(aws, PREFLIGHT, progress)
    screen.report(stack, report)
    return _verdict(report)


def _aws(stack: str, profile: str | None) -> AwsState:
    settings = read_stack_file(stack)
    return AwsState(settings, connect(stack, settings, profile))


def _verdict(report: Report) -> Exit:
    report, _ = report.without_limits()
    if report.unanswered:
        return Exit.UNREACHABLE
    return Exit.FINDING if report.findings else Exit.DONE
