"""Assembles the operator's commands: ``python -m ops COMMAND --stack S``."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from ops.access.cli import app as access_app
from ops.bootstrap.cli import app as bootstrap_app
from ops.checks.cli import app as checks_app
from ops.core.updater import Update, pulumi_cli
from ops.destroy.cli import app as destroy_app
from ops.import_env.cli import app as values_app
from ops.incident.cli import app as incident_app
from ops.init.cli import app as init_app
from ops.reads.cli import app as reads_app
from ops.reencrypt.cli import app as reencryption_app
from ops.restore.cli import app as restore_app
from ops.rotation.cli import app as rotation_app

COMMANDS = (
    access_app,
    init_app,
    checks_app,
    bootstrap_app,
    destroy_app,
    values_app,
    incident_app,
    reads_app,
    reencryption_app,
    restore_app,
    rotation_app,
)


def find_update(stack: str, root: Path) -> Update:
    """The updater of the stack's kept sandbox where AWS calls go to it, else of the Pulumi CLI."""
    if os.environ.get("AWS_ENDPOINT_URL"):
        # Imported here: it loads the Pulumi SDK, which commands on a real account do not need.
        from cli import kept_sandbox

        if kept_sandbox.serves(stack, root):
            return kept_sandbox.update_of(stack, root)
    return pulumi_cli(stack, root)


app = typer.Typer(
    help="Verify, prepare and operate one stack. Nothing is written without --apply.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"obj": find_update},
)
for _commands in COMMANDS:
    app.add_typer(_commands)
