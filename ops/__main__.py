"""``python -m ops COMMAND --stack S``: a mistake ends in one sentence and a code, never in a traceback."""

from __future__ import annotations

from typing import Annotated

import typer

from ops import commands
from ops.core.ending import run
from ops.core.options import Apply, Json, Profile, Reason, Stack, Yes
from ops.import_env import app as values_app
from ops.incident.cli import app as incident_app
from ops.reads.cli import app as reads_app
from ops.reencrypt.cli import app as reencryption_app
from ops.rotation.cli import app as rotation_app

app = typer.Typer(
    help="Verify, prepare and operate one stack. Nothing is written without --apply.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.add_typer(values_app)
app.add_typer(incident_app)
app.add_typer(reads_app)
app.add_typer(reencryption_app)
app.add_typer(rotation_app)


@app.command()
def verify(
    stack: Stack,
    as_json: Json = False,
    profile: Profile = None,
    against: Annotated[
        str | None, typer.Option(help="Also compare secret values with this stack, by keyed fingerprint.")
    ] = None,
    against_profile: Annotated[str | None, typer.Option(help="AWS profile of the other stack.")] = None,
) -> None:
    """Ask the running stack whether it is what its stack file declares."""
    run(lambda: commands.verify(stack, profile, against, against_profile, as_json=as_json))


@app.command()
def prelaunch(stack: Stack, as_json: Json = False, profile: Profile = None) -> None:
    """Print the pre-launch checklist (A34 to A43) with its evidence."""
    run(lambda: commands.prelaunch(stack, profile, as_json=as_json))


@app.command()
def preflight(stack: Stack, as_json: Json = False, profile: Profile = None) -> None:
    """Look, before the first update, whether region and account can hold the stack."""
    run(lambda: commands.preflight(stack, profile, as_json=as_json))


@app.command()
def bootstrap(
    stack: Stack,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
    repository: Annotated[
        str | None, typer.Option(help="OWNER/NAME whose workflow runs Pulumi; delivery's when left out.")
    ] = None,
    repository_id: Annotated[int | None, typer.Option(help="Its numeric id.")] = None,
    owner_id: Annotated[int | None, typer.Option(help="Its owner's numeric id.")] = None,
) -> None:
    """Make what must exist before Pulumi can run: state bucket, state key, the roles that run it."""
    consent = commands.Consent(apply=apply, yes=yes, reason=reason)
    source = (repository, repository_id, owner_id)
    run(lambda: commands.bootstrap(stack, profile, consent, repository=source, as_json=as_json))


if __name__ == "__main__":
    app()
