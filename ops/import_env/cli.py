"""The commands ``ops import-env`` and ``ops render-env``, which print names and versions, never values."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ops.core.consent import Consent
from ops.core.console import Screen
from ops.core.exits import Exit, Stop, exit_with
from ops.core.options import Json, Profile, Reason, Stack, Yes
from ops.core.session import aws_errors, connect
from ops.import_env import render, store
from ops.import_env.accepted import Value, assign, missing, single
from ops.import_env.dotenv import parse
from ops.import_env.source import Refused, read_file, read_stream
from settings import Settings, read_stack_file
from settings.stack_file import ROOT, raw_config

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Apply = Annotated[
    bool, typer.Option("--apply/--dry-run", help="Make the changes; a dry run lists names only.")
]

LOCALHOST = "127.0.0.1"


@app.command("import-env")
def import_env_command(
    stack: Stack,
    file: Annotated[Path, typer.Argument(help="A .env file of mode 600, or - for standard input.")],
    secret: Annotated[
        str | None,
        typer.Option("--secret", help="Use the whole input as this secret's value (for a private key)."),
    ] = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Put operator-supplied values into the stack's encrypted configuration."""
    consent = Consent(apply=apply, yes=yes, reason=reason)
    exit_with(lambda: import_env(stack, file, secret, consent, as_json=as_json))


@app.command("render-env")
def render_env_command(
    stack: Stack,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; without it, only versions are listed.")
    ] = None,
    address: Annotated[str, typer.Option(help="The value of {{host-address}}.")] = LOCALHOST,
    profile: Profile = None,
    yes: Yes = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Write the .env that a host of the stack would write."""
    consent = Consent(apply=output is not None, yes=yes, reason=reason)
    exit_with(lambda: render_env(stack, output, address, profile, consent, as_json=as_json))


def import_env(
    stack: str,
    file: Path,
    secret: str | None,
    consent: Consent,
    *,
    as_json: bool,
    root: Path = ROOT,
    boundary: Callable[[str], None] = lambda _: None,
) -> Exit:
    """Check all values, then set them with the Pulumi CLI."""
    settings, screen = read_stack_file(stack, root), Screen(as_json=as_json)
    try:
        values = _values(settings, file, secret)
    except Refused as refused:
        raise Stop(Exit.BAD_INPUT, str(refused)) from None
    if not values:
        raise Stop(Exit.BAD_INPUT, f"{file}: contains no value")
    names = [value.key for value in values]
    lacking = missing(settings, values, _present(stack, root))
    writes = consent.given(stack, production=settings.environment.production)
    boundary("values checked")
    done = store.put(stack, values, root, boundary) if writes else []
    for name in names:
        screen.line(f"{name}: {'set' if writes else 'would be set'}")
    for name in lacking:
        screen.line(f"{name}: still missing", "yellow")
    if not writes:
        screen.line("dry run: nothing was changed; add --apply")
    screen.document({"stack": stack, "given": names, "set": done, "missing": lacking})
    return Exit.DONE


def render_env(
    stack: str, output: Path | None, address: str, profile: str | None, consent: Consent, *, as_json: bool
) -> Exit:
    """Fetch and check all parameters, write the file atomically, and print versions, never values."""
    settings, screen = read_stack_file(stack), Screen(as_json=as_json)
    lines = render.template(settings)
    writes = consent.given(stack, production=settings.environment.production)
    session = connect(stack, settings, profile)
    with aws_errors():
        found = render.fetch(session, settings, lines)
    for name, one in sorted(found.items()):
        screen.line(f"{name} version {one.version}")
    if writes and output is not None:
        render.write(output, render.rendered(lines, found, address))
        screen.line(f"{output}: written, {len(lines)} lines, mode 600")
    versions = {name: one.version for name, one in sorted(found.items())}
    screen.document({"stack": stack, "versions": versions, "output": str(output) if writes else None})
    return Exit.DONE


def _values(settings: Settings, file: Path, secret: str | None) -> list[Value]:
    data = read_stream(sys.stdin.buffer) if str(file) == "-" else read_file(file)
    return [single(settings, secret, data)] if secret else assign(settings, parse(data))


def _present(stack: str, root: Path) -> tuple[str, ...]:
    """The keys of the secrets for which the stack's configuration has a value."""
    return tuple(raw_config(root / f"Pulumi.{stack}.yaml").get("values") or ())
