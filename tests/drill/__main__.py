"""Runs ``make drill`` on a temporary PostgreSQL server and prints its counts."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from sandbox.postgresql import INSTALL, find, run
from tests.drill.drill import HARM, Drill


def main() -> int:
    """Print the counts; exit code 1 where a row or a change was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 200,000 rows, 30 kills, 15 sessions")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    arguments = parser.parse_args()
    installation = find()
    if installation is None:
        sys.exit(INSTALL)
    with run(installation) as postgres:
        drill = Drill(postgres, arguments.scale)
        counts = drill()
    _report(counts, as_json=arguments.json)
    for line in drill.said:
        print(line, file=sys.stderr)
    return int(not counts["verified clean"] or any(counts[name] for name in HARM))


def _report(counts: dict[str, int], *, as_json: bool) -> None:
    console = Console()
    if as_json:
        print(json.dumps(counts, indent=2))
    elif console.is_terminal:
        table = Table("what", "count")
        for name, count in counts.items():
            style = "" if name not in HARM else "red" if count else "green"
            table.add_row(name, f"{count:,}", style=style)
        console.print(table)
    else:
        for name, count in counts.items():
            print(f"{name}: {count}")


if __name__ == "__main__":
    sys.exit(main())
