"""Prints the tests of each requirement, and the requirements without a test."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROWS = Path(__file__).with_name("acceptance_rows.tsv")


class Collector:
    """Reads the ``accepts`` markers of every collected test."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called by pytest once all tests are known."""
        for item in session.items:
            for marker in item.iter_markers("accepts"):
                for row in marker.args:
                    self.tests[row].add(item.nodeid.split("[")[0])


def main() -> int:
    """Print the table; exit code 1 for unknown requirements or failed collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--json", action="store_true", help="print a JSON object of requirement codes to tests"
    )
    arguments = parser.parse_args()
    collector = Collector()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        if pytest.main(["--collect-only", "tests"], plugins=[collector]) != pytest.ExitCode.OK:
            print(said.getvalue(), file=sys.stderr)
            return 1
    with ROWS.open() as file:
        rows = {row["row"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    if arguments.json:
        print(json.dumps({row: sorted(collector.tests.get(row, ())) for row in rows}, indent=1))
    else:
        for row, entry in rows.items():
            print(f"{row:4} {entry['requirement'][:100]}")
            for test in sorted(collector.tests.get(row, ())):
                print(f"     {test}")
        without = [f"{row} ({entry['proof']})" for row, entry in rows.items() if row not in collector.tests]
        print(
            f"\n{len(rows) - len(without)} of {len(rows)} rows have a test; without one: {', '.join(without)}"
        )
    unknown = sorted(set(collector.tests) - set(rows))
    if unknown:
        print(f"`accepts` markers name unknown requirements: {', '.join(unknown)}", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    raise SystemExit(main())
