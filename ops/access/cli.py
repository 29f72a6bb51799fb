"""The commands ``ops logs``, ``ops run``, ``ops exec`` and ``ops tunnel``."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.access import logs, run_task, sessions
from ops.core.consent import Consent
from ops.core.context import run
from ops.core.exits import Exit, exit_with
from ops.core.options import Apply, Json, Profile, Reason, Stack, Yes

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

DATABASE_PORT = 5432
Service = Annotated[str | None, typer.Argument(help="A service, tool, one-off task, or app on a host.")]
Since = Annotated[str, typer.Option("--since", help="Start: 15m, 24h, 7d, or a date and time (UTC).")]
Follow = Annotated[bool, typer.Option("--follow", help="Also print lines as they come, until Ctrl-C.")]
Command = Annotated[str, typer.Option("--command", help="What to run in the container.")]
Through = Annotated[str | None, typer.Option("--through", help="The service whose task forwards the port.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="The local port.")]
Arguments = Annotated[list[str] | None, typer.Argument(help="After --: a command in place of its own.")]


@app.command("logs")
def logs_command(
    stack: Stack,
    service: Service = None,
    since: Since = "15m",
    follow: Follow = False,
    as_json: Json = False,
    profile: Profile = None,
) -> None:
    """Print log lines of a service, tool, one-off task or host."""

    def work() -> Exit:
        return run(
            stack,
            profile,
            Consent(),
            lambda context, _: logs.command(context, service, since, follow=follow),
            as_json=as_json,
        )

    exit_with(work)


@app.command("run")
def run_command(
    stack: Stack,
    task: Annotated[str, typer.Argument(help="A one-off task or tool of the stack file.")],
    arguments: Arguments = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
    as_json: Json = False,
    profile: Profile = None,
) -> None:
    """Run a one-off task or tool once; print its log and end with its result."""

    def work() -> Exit:
        consent = Consent(apply=apply, yes=yes, reason=reason)
        return run(
            stack,
            profile,
            consent,
            lambda context, write: run_task.command(context, task, arguments or (), write),
            as_json=as_json,
        )

    exit_with(work)


@app.command("exec")
def exec_command(
    stack: Stack, service: Service = None, command: Command = "/bin/sh", profile: Profile = None
) -> None:
    """Open a shell in a task of a service, or on the host; the session is logged and raises an alarm."""

    def work() -> Exit:
        return run(
            stack,
            profile,
            Consent(),
            lambda context, _: sessions.exec_command(context, service, command),
            as_json=False,
        )

    exit_with(work)


@app.command("tunnel")
def tunnel_command(
    stack: Stack,
    to: Annotated[str, typer.Argument(help="What to reach: database.")],
    through: Through = None,
    port: Port = DATABASE_PORT,
    profile: Profile = None,
) -> None:
    """Forward a local port to the database through a task or the host; no port is opened."""

    def work() -> Exit:
        return run(
            stack,
            profile,
            Consent(),
            lambda context, _: sessions.tunnel(context, to, through, port),
            as_json=False,
        )

    exit_with(work)
