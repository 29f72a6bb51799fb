"""What each command does once its arguments are read: settings, account, work, report, exit code."""

from __future__ import annotations

from functools import partial

from ops.bootstrap import plan
from ops.bootstrap.steps import Repository
from ops.checks import launch_checklist as checklist
from ops.checks.preflight import PREFLIGHT
from ops.checks.verify import Estate, run
from ops.checks.verify.registry import REGISTRY
from ops.checks.verify.secrets.against import compare
from ops.core.consent import Consent
from ops.core.console import Screen
from ops.core.exits import Exit, Stop
from ops.core.findings import Report
from ops.core.session import aws_errors, connect
from settings import Settings, read_stack_file

__all__ = ["Consent", "bootstrap", "preflight", "prelaunch", "verify"]


def verify(
    stack: str, profile: str | None, against: str | None, against_profile: str | None, *, as_json: bool
) -> Exit:
    """Put every check to the stack; with ``against`` compare its values with another stack's too."""
    screen, estate = Screen(as_json=as_json), _estate(stack, profile)
    checks = tuple(REGISTRY.values())
    with aws_errors(), screen.progress(len(checks)) as progress:
        report = run(estate, checks, progress)
        if against is not None:
            other = _estate(against, against_profile or profile)
            found = compare(estate, other, against)
            report = Report(report.findings + found.findings, report.checks + found.checks)
    screen.report(stack, report)
    return _verdict(report)


def prelaunch(stack: str, profile: str | None, *, as_json: bool) -> Exit:
    """The checklist before the release, each line with what proves it."""
    screen, estate = Screen(as_json=as_json), _estate(stack, profile)
    with aws_errors():
        lines = checklist.walk(estate)
    screen.document({"stack": stack, "items": [line.to_dict() for line in lines]})
    for line in lines:
        screen.line(str(line), "green" if line.done else "red")
    done = sum(line.done for line in lines)
    screen.line(f"{stack}: {done} of {len(lines)} done")
    return Exit.DONE if done == len(lines) else Exit.FINDING


def preflight(stack: str, profile: str | None, *, as_json: bool) -> Exit:
    """Whether region and account can hold the stack."""
    screen, estate = Screen(as_json=as_json), _estate(stack, profile)
    with aws_errors(), screen.progress(len(PREFLIGHT)) as progress:
        report = run(estate, PREFLIGHT, progress)
    screen.report(stack, report)
    return _verdict(report)


def bootstrap(
    stack: str,
    profile: str | None,
    consent: Consent,
    *,
    repository: tuple[str | None, int | None, int | None],
    as_json: bool,
) -> Exit:
    """Make what Pulumi needs before it can run; a dry run says what that would be."""
    settings = read_stack_file(stack)
    source = _repository(settings, *repository)
    screen, estate = Screen(as_json=as_json), _estate(stack, profile, settings)
    with aws_errors():
        work = plan(estate, source)
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


def _estate(stack: str, profile: str | None, settings: Settings | None = None) -> Estate:
    settings = settings or read_stack_file(stack)
    return Estate(settings, connect(stack, settings, profile))


def _repository(
    settings: Settings, name: str | None, repository_id: int | None, owner_id: int | None
) -> Repository:
    """The repository whose workflow runs Pulumi: the one named, else the one that deploys."""
    given = (name, repository_id, owner_id)
    if all(part is None for part in given):
        delivery = settings.delivery
        if delivery is None:
            raise Stop(
                Exit.BAD_INPUT, "no delivery in the stack file: name --repository OWNER/NAME and its ids"
            )
        return Repository(delivery.owner, delivery.repository, delivery.owner_id, delivery.repository_id)
    if name is None or repository_id is None or owner_id is None or name.count("/") != 1:
        raise Stop(
            Exit.BAD_INPUT,
            "--repository OWNER/NAME, --repository-id and --owner-id belong together: give all three",
        )
    owner, _, short = name.partition("/")
    return Repository(owner, short, owner_id, repository_id)


def _verdict(report: Report) -> Exit:
    if report.unanswered:
        return Exit.UNREACHABLE
    return Exit.FINDING if report.findings else Exit.DONE
