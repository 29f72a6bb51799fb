"""Prints the output of a command: a table on a terminal, plain lines in a pipe, JSON with ``--json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ops.core.findings import Report

if TYPE_CHECKING:
    # A type only: the image of the re-encryption task does not contain the checks.
    from ops.checks.verify.registry import Check


def whole(header: str) -> Column:
    """A column of a table that breaks a long name or ARN over lines, where Rich would cut it with `…`."""
    return Column(header, overflow="fold")


class Screen:
    """The output of a command; with ``as_json`` stdout carries one JSON document and nothing else."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        # soft_wrap: Rich would break lines at 80 columns in a pipe, and grep would miss them.
        self._out = Console(soft_wrap=True, highlight=False)
        self._err = Console(stderr=True, soft_wrap=True, highlight=False)

    @property
    def terminal(self) -> bool:
        """Whether stdout is a terminal and no JSON was requested."""
        return self._out.is_terminal and not self.as_json

    def line(self, text: str, style: str = "") -> None:
        """Print one line; with ``--json`` nothing."""
        if not self.as_json:
            self._out.print(escape(text), style=style or None)

    def document(self, content: Any) -> None:
        """Print the JSON document; without ``--json`` nothing."""
        if self.as_json:
            sys.stdout.write(json.dumps(content, indent=2, default=str) + "\n")

    def failure(self, text: str) -> None:
        """Print to stderr why the command stops."""
        self._err.print(escape(text), style="red")

    @contextmanager
    def progress(self, total: int) -> Iterator[Any]:
        """Yield a callback that shows the name of the running check, on a terminal."""
        if not self.terminal:
            yield lambda check: None
            return
        with self._out.status("") as status:
            done = 0

            def show(check: Check) -> None:
                nonlocal done
                done += 1
                status.update(f"{done}/{total} {check.slug}")

            yield show

    def report(self, stack: str, report: Report) -> None:
        """Print the findings, then their count, and what an emulated AWS could not answer."""
        report, limits = report.without_limits()
        marked = {"emulationLimits": limits} if limits else {}
        if self.as_json:
            self.document({"stack": stack, **report.to_dict(), **marked})
            return
        if self.terminal and report.findings:
            table = Table(*map(whole, ("check", "where", "what", "remedy")), show_lines=True)
            for one in report.findings:
                cells = (one.check, one.subject, one.problem, one.remedy)
                table.add_row(*map(escape, cells))
            self._out.print(table, soft_wrap=False)
        else:
            for one in report.findings:
                self.line(str(one))
        count = len(report.findings)
        summary = f"{stack}: {report.checks} checks, {count} finding{'' if count == 1 else 's'}"
        self.line(summary, "red" if count else "green")
        for limit in limits:
            self.line(f"not checkable in the emulated AWS: {limit}", "dim")
