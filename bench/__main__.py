"""``make bench``: measures every figure in one run and prints it with its limit."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import page_bench, policies_bench, preview_bench, reencrypt_bench, rotation
from bench.critical_path import paths
from bench.figure import Figure
from tests.program import CONTAINER_STACKS, STACKS, shipped

RUNS = 5
YES_NO = {True: "yes", False: "NO"}
UP_LIMIT_S, RATIO_LIMIT = 25.0, 1.01


def sandbox_up(stack: str, runs: int) -> list[float]:
    """Wall-clock seconds of whole ``up`` processes, with policies and verification."""
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


def path_figures() -> Iterator[Figure]:
    """The time of an ``up`` as a multiple of its longest chain of dependencies."""
    for stack in STACKS:
        found = paths(shipped(stack))
        chain = " > ".join(found.chain)
        yield Figure(
            what=f"critical path of {stack}: makespan over longest needed chain, --parallel 64",
            measured=round(found.ratio, 4),
            limit=RATIO_LIMIT,
            detail=f"{found.makespan_s:.0f} s / {found.longest_s:.0f} s: {chain}",
            met=found.ratio <= RATIO_LIMIT,
        )


def up_figures(runs: int) -> Iterator[Figure]:
    """The time of a whole ``up`` of a new stack."""
    for stack in CONTAINER_STACKS[:1]:
        times = sandbox_up(stack, runs)
        median = statistics.median(times)
        yield Figure(
            what=f"sandbox up of {stack}, s (median of {runs}, policies and verify on)",
            measured=median,
            limit=UP_LIMIT_S,
            detail=f"{len(shipped(stack).resources)} resources; {min(times)} to {max(times)}",
            met=median <= UP_LIMIT_S,
        )


def main() -> int:
    """Print the table; exit with 1 where a figure misses its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="whole `up` processes; previews of the CLI")
    parser.add_argument("--rows", type=int, default=reencrypt_bench.ROWS, help="rows to re-encrypt")
    parser.add_argument("--memory", action="store_true", help="also memory from 10^5 to 10^6 rows: minutes")
    parser.add_argument("--json", action="store_true")
    usual = ("path", "up", "page", "rotation", "policies", "preview", "reencrypt")
    parser.add_argument("--only", choices=(*usual, "memory"), help="measure one thing")
    arguments = parser.parse_args()
    sections: dict[str, Callable[[], Iterator[Figure]]] = {
        "path": path_figures,
        "up": partial(up_figures, arguments.runs),
        "page": page_bench.figures,
        "rotation": rotation.figures,
        "policies": policies_bench.figures,
        "preview": partial(preview_bench.figures, arguments.runs),
        "reencrypt": partial(reencrypt_bench.figures, arguments.rows),
        "memory": reencrypt_bench.memory_figures,
    }
    chosen = [arguments.only] if arguments.only else [*usual, *(["memory"] if arguments.memory else [])]
    rows = [asdict(figure) for one in chosen for figure in sections[one]()]
    if arguments.json:
        print(json.dumps(rows, indent=1))
    else:
        table = Table("what", "measured", "limit", "detail", "met")
        for row in rows:
            table.add_row(
                *(YES_NO[value] if isinstance(value, bool) else str(value) for value in row.values())
            )
        Console().print(table)
    return 0 if all(row["met"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
