"""The command ``ops bootstrap``: lists what an account lacks to run Pulumi, and creates it with --apply."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from ops.bootstrap import plan
from ops.bootstrap.steps import Repository
from ops.core.aws_state import AwsState
from ops.core.consent import Consent
from ops.core.console import Screen
from ops.core.exits import Exit, Stop, exit_with
from ops.core.options import Apply, Json, Profile, Reason, Stack, Yes
from ops.core.session import aws_errors, connect
from settings import Settings, read_stack_file

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.command("bootstrap")
def bootstrap_command(
    stack: Stack,
    as_json: Json = False,
    profile: Profile = None,
    apply: Apply = False,
    yes: Yes = False,
    reason: Reason = None,
    repository: Annotated[
        str | None, typer.Option(help="OWNER/NAME whose workflow runs Pulumi (default: the one of delivery).")
    ] = None,
    repository_id: Annotated[int | None, typer.Option(help="Numeric ID of the repository.")] = None,
    owner_id: Annotated[int | None, typer.Option(help="Numeric ID of its owner.")] = None,
) -> None:
    """Create what must exist before Pulumi can run: state bucket, state key and the roles that run it."""
    consent = Consent(apply=apply, yes=yes, reason=reason)
    source = (repository, repository_id, owner_id)
    exit_with(lambda: bootstrap(stack, profile, consent, repository=source, as_json=as_json))


def bootstrap(
    stack: str,
    profile: str | None,
    consent: Consent,
    *,
    repository: tuple[str | None, int | None, int | None],
    as_json: bool,
) -> Exit:
    """Create what Pulumi requires before it can run; without --apply, list it."""
    settings = read_stack_file(stack)
    source, screen = _repository(settings, *repository), Screen(as_json=as_json)
    aws = AwsState(settings, connect(stack, settings, profile))
    with aws_errors():
        work = plan(aws, source)
    for step in work.steps:
        screen.line(str(step), "" if step.done else "yellow")
    if consent.given(stack, production=settings.environment.production):
        with aws_errors():
            work.apply(partial(screen.line, style="green"))
    elif work.open:
        screen.line("dry run: nothing was changed; add --apply")
    screen.document(
        {"stack": stack, "steps": [step.to_dict() for step in work.steps], "next": work.next(stack)}
    )
    for line in work.next(stack):
        screen.line(line)
    return Exit.DONE


def _repository(
    settings: Settings, name: str | None, repository_id: int | None, owner_id: int | None
) -> Repository:
    """The repository whose workflow runs Pulumi: that of the options, else that of delivery."""
    given = (name, repository_id, owner_id)
    if all(part is None for part in given):
        delivery = settings.delivery
        if delivery is None:
            raise Stop(
                Exit.BAD_INPUT,
                "the stack file has no delivery: give --repository, --repository-id and --owner-id",
            )
        return Repository(delivery.owner, delivery.repository, delivery.owner_id, delivery.repository_id)
    if name is None or repository_id is None or owner_id is None or name.count("/") != 1:
        raise Stop(
            Exit.BAD_INPUT,
            "give --repository OWNER/NAME, --repository-id and --owner-id together",
        )
    owner, _, short = name.partition("/")
    return Repository(owner, short, owner_id, repository_id)
