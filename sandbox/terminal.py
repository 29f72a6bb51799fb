"""Shows a run on a terminal: a tree, a progress bar, and tables of violations, findings and outputs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.tree import Tree

from sandbox import report
from sandbox.engine.model import PolicyFinding, Resource, Result
from sandbox.formats.summary import summary
from sandbox.report import Branch

COLOURS = {
    "create": "green",
    "import": "green",
    "update": "yellow",
    "replace": "magenta",
    "delete": "red",
    "same": "dim",
}
Watch = Callable[[str, Resource], None]
LEVELS = {"mandatory": "bold red", "remediate": "bold red", "advisory": "yellow"}


def console(**how: Any) -> Console:
    """A console without emoji codes, because ARNs contain ``:secret:``."""
    return Console(emoji=False, highlight=False, **how)


class Bar:
    """A progress bar; the run calls ``watch`` for every step."""

    def __init__(self, console: Console, total: int | None) -> None:
        columns = (
            TextColumn("{task.description:28.28}"),
            BarColumn(),
            MofNCompleteColumn() if total else TextColumn("{task.completed:.0f} resources"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("running the program", total=total)

    def watch(self, op: str, resource: Resource) -> None:
        """Count one more step."""
        self._progress.update(self._task, advance=1, description=escape(resource.name))

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def _counts(counts: Counter[str] | dict[str, int]) -> str:
    parts = [f"[{COLOURS[op]}]{report.VERBS[op]}{counts[op]}[/]" for op in report.VERBS if counts.get(op)]
    return " ".join(parts)


def _grow(tree: Tree, branch: Branch) -> None:
    for inner in branch.inside:
        kind = inner.type.rpartition(":")[2]
        label = f"[bold]{escape(inner.name)}[/] [dim]{escape(kind)}[/]  {_counts(inner.counts)}"
        _grow(tree.add(label), inner)


def plan(result: Result, console: Console, *, verbose: bool = False) -> None:
    """Print the tree with counts, the changes, and the policy violations."""
    root = report.tree(result)
    title = f"[bold]{escape(result.stack)}[/]  {_counts(result.counts)}"
    tree = Tree(f"{title}  [dim]own: {report.counts_text(root.counts)}[/]")
    _grow(tree, root)
    console.print(tree)
    for change in report.changes(result):
        console.print(f"  {escape(change)}")
    shown = [one for one in result.findings if one.stops or report.shows_advice(result, verbose=verbose)]
    if shown:
        console.print(_policies(shown))


def _table(title: str, *headers: str) -> Table:
    """A table that breaks a long name, ARN or URL over lines, where Rich would cut it with `…`."""
    columns = (Column(header, overflow="fold") for header in headers)
    return Table(*columns, title=title, title_justify="left")


def _policies(findings: list[PolicyFinding]) -> Table:
    table = _table("Policies", "policy", "level", "found", "what")
    for finding, number in report.findings_by_policy(findings):
        level = f"[{LEVELS.get(finding.level, '')}]{finding.level}[/]"
        table.add_row(escape(finding.policy), level, str(number), escape(finding.message))
    return table


def outcome(result: Result, console: Console, *, verbose: bool = False) -> None:
    """Print messages, stand-ins and the verification, then what matters; outputs where ``verbose``."""
    for text in (*result.messages, *result.remediated):
        console.print(f"[dim]note:[/] {escape(text)}")
    for text in report.emulated(result, verbose=verbose):
        console.print(f"[dim]emulated locally:[/] {escape(text)}")
    for text in result.stand_ins:
        console.print(f"[cyan]stand-in:[/] {escape(text)}")
    if result.verification is not None:
        console.print(_verification(result))
    if result.error:
        console.print(f"[bold red]error:[/] {escape(result.error)}")
    elif report.shows_outputs(result, verbose=verbose):
        console.print(_outputs(result))
    seconds = ", ".join(f"{phase} {number:.1f} s" for phase, number in result.seconds.items())
    word = "[bold green]done[/]" if result.exit_code == 0 else "[bold red]failed[/]"
    console.print(f"{word}  {_counts(result.counts)}  [dim]{seconds}[/]")
    for label, text in summary(result):
        console.print(f"[bold]{label}:[/] {escape(text)}", soft_wrap=True)


def _verification(result: Result) -> Table:
    done = result.verification
    title = report.verified(done).capitalize()
    table = _table(title, "check", "where", "problem", "what to do")
    if done.problem:
        table.add_row("-", "-", escape(done.problem), "")
    for finding in done.findings:
        cells = (finding["check"], finding["subject"], finding["problem"], finding["remedy"])
        table.add_row(*map(escape, cells))
    for why, number in done.not_checkable.items():
        check, _, reason = why.partition(": ")
        table.add_row(
            f"[dim]{escape(check)}[/]",
            "",
            f"[dim]not checkable in the sandbox, {number}x[/]",
            f"[dim]{escape(reason)}[/]",
        )
    return table


def _outputs(result: Result) -> Table:
    table = _table("Outputs", "output", "value")
    for key, value in sorted(result.outputs.items()):
        shown = value if isinstance(value, str) else json.dumps(value, indent=1, sort_keys=True)
        table.add_row(escape(key), escape(shown))
    return table


class Screen:
    """Prints with Rich on a terminal, as plain lines otherwise."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._console, self._verbose = console(), verbose

    def plan(self, result: Result) -> None:
        """Print what will be done."""
        if self._console.is_terminal:
            plan(result, self._console, verbose=self._verbose)
        else:
            report.plan(result, verbose=self._verbose)

    def progress(self, total: int | None) -> _Progress:
        """A progress bar for ``total`` steps, if their number is known."""
        bar = Bar(self._console, total) if self._console.is_terminal else None
        return _Progress(bar)

    def outcome(self, result: Result) -> None:
        """Print what was done."""
        if self._console.is_terminal:
            outcome(result, self._console, verbose=self._verbose)
        else:
            report.outcome(result, verbose=self._verbose)

    def kept(self, environment: dict[str, str]) -> None:
        """Print the environment variables with which other processes use the sandbox."""
        print("kept until Ctrl-C; in another shell:")
        print("export " + " ".join(f"{key}={value}" for key, value in environment.items()), flush=True)


class _Progress:
    def __init__(self, bar: Bar | None) -> None:
        self._bar = bar

    def __enter__(self) -> Watch | None:
        return self._bar.__enter__().watch if self._bar else None

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.__exit__(None, None, None)
