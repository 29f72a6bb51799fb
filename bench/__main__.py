"""``make bench``: every figure the project promises, measured in one run beside what it is held against."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.critical_path import paths
from tests.program import CONTAINER_STACKS, STACKS, shipped

RUNS = 5
UP_LIMIT_S, RATIO_LIMIT = 25.0, 1.01


def sandbox_up(stack: str, runs: int) -> list[float]:
    """Wall seconds of whole ``up`` processes, policies and verification on."""
    found: list[float] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "up.json"
            command = [sys.executable, "-m", "sandbox", "up", "--stack", stack, "--json", str(report)]
            began = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found.append(round(time.monotonic() - began, 2))
            if done.returncode:
                raise SystemExit(f"sandbox up of {stack} failed:\n{done.stdout[-2000:]}")
    return found


def main() -> int:
    """Print the table; exit 1 where a figure misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=["up", "path"], help="measure one thing")
    arguments = parser.parse_args()
    rows: list[dict[str, object]] = []
    if arguments.only in (None, "path"):
        for stack in STACKS:
            found = paths(shipped(stack))
            chain = " > ".join(found.chain)
            rows.append(
                {
                    "what": f"critical path of {stack}: makespan over longest needed chain, --parallel 64",
                    "measured": round(found.ratio, 4),
                    "limit": RATIO_LIMIT,
                    "detail": f"{found.makespan_s:.0f} s / {found.longest_s:.0f} s: {chain}",
                    "met": found.ratio <= RATIO_LIMIT,
                }
            )
    if arguments.only in (None, "up"):
        for stack in CONTAINER_STACKS[:1]:
            times = sandbox_up(stack, arguments.runs)
            median = statistics.median(times)
            rows.append(
                {
                    "what": f"sandbox up of {stack}, s (median of {arguments.runs}, policies and verify on)",
                    "measured": median,
                    "limit": UP_LIMIT_S,
                    "detail": f"{len(shipped(stack).resources)} resources; {min(times)} to {max(times)}",
                    "met": median <= UP_LIMIT_S,
                }
            )
    if arguments.json:
        print(json.dumps(rows, indent=1))
    else:
        table = Table("what", "measured", "limit", "detail")
        for row in rows:
            table.add_row(*(str(row[key]) for key in ("what", "measured", "limit", "detail")))
        Console().print(table)
    return 0 if all(row["met"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
