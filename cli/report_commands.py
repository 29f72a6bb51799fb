"""``strongroom report``: writes the page of a running stack, in AWS or in a kept sandbox."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ops.checks.verify import run as run_checks
from ops.checks.verify.registry import REGISTRY
from ops.core.aws_state import AwsState
from ops.core.console import Screen
from ops.core.exits import Exit, exit_with
from ops.core.findings import Report as Verified
from ops.core.options import Json, Profile, Stack
from ops.core.session import aws_errors, connect
from ops.core.updater import pulumi_cli
from report.collect import Source, collect, compare
from report.render import document
from report.schema import Report
from report.write import FOLDER, write
from settings import read_stack_file
from settings.stack_file import ROOT

NO_POLICIES = (
    "violations of the policy pack: `pulumi preview --policy-pack policies` reports them before an update"
)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("report")
def report_command(
    stack: Stack,
    against: Annotated[
        str | None, typer.Option(help="Also list the settings that differ from this stack's.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page's file (default: build/report/STACK.html).")
    ] = None,
    as_json: Json = False,
    profile: Profile = None,
) -> None:
    """Write a page that shows the running stack: architecture, secrets, findings, alarms."""
    exit_with(lambda: write_report(stack, against, output, profile, as_json=as_json))


def write_report(
    stack: str, against: str | None, output: Path | None, profile: str | None, *, as_json: bool
) -> Exit:
    """Write the page, or print its document; exit code 1 where a finding makes verification fail."""
    other = read_stack_file(against) if against else None
    settings = read_stack_file(stack)
    screen, session = Screen(as_json=as_json), connect(stack, settings, profile)
    aws, checks = AwsState(settings, session), tuple(REGISTRY.values())
    with aws_errors():
        with screen.progress(len(checks)) as progress:
            verified = run_checks(aws, checks, progress)
        made = collected(stack, aws, verified, ROOT)
    if other and against:
        made = made.model_copy(update={"comparison": compare(settings, other, against)})
    if as_json:
        typer.echo(document(made))
    else:
        file = write(made, output or ROOT / FOLDER / f"{stack}.html")
        stopping = sum(one.stops for one in made.findings)
        screen.line(f"page: {file}")
        screen.line(
            f"findings: {len(made.findings)}, {stopping} of them stop", "red" if stopping else "green"
        )
    return Exit.FINDING if any(one.stops for one in made.findings) else Exit.DONE


def collected(stack: str, aws: AwsState, verified: Verified, root: Path) -> Report:
    """The report of a stack where AWS calls go: to its kept sandbox, or to AWS."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        # Imported here: it loads the Pulumi SDK, which is not needed on a real account.
        from cli import kept_sandbox, report_page

        if kept_sandbox.serves(stack, root):
            return report_page.of_kept_sandbox(stack, aws, verified, root)
    return collect(
        Source(
            stack=stack,
            aws=aws,
            deployed=pulumi_cli(stack, root).resources(),
            findings=verified.findings,
            checks=verified.checks,
            where="aws",
            not_covered=(NO_POLICIES,),
            root=root,
        )
    )
