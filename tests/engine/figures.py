"""Joins the figures of a run of ``make test-engine``, and writes the page about the Pulumi engine from them.

Every process of the run leaves its figures in a file; ``python -m tests.engine.figures`` joins the files.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import resource
import sys
from datetime import UTC, datetime
from typing import Any

from docs import real_engine
from sandbox.automation import binary
from sandbox.config import BadInput
from tests.program import ROOT, STACKS

PARTS = ROOT / "build" / "engine-figures"
"""One file for each process; the Makefile removes the folder before a run."""
PAGE = ROOT / "docs" / "real-engine.md"
PACKAGES = ("pulumi", "pulumi-aws", "pulumi-policy")


def leave(stacks: dict[str, dict[str, Any]]) -> None:
    """Write what this process measured (stack to step to counts and seconds), and its processor time."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor_s = round(sum(one.ru_utime + one.ru_stime for one in used))
    part = {"stacks": stacks, "processor_s": processor_s, "load": os.getloadavg()[1]}
    PARTS.mkdir(parents=True, exist_ok=True)
    (PARTS / f"{os.getpid()}.json").write_text(json.dumps(part))


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all processes together; BadInput names the stacks that none of them measured."""
    stacks = {stack: steps for part in parts for stack, steps in part["stacks"].items()}
    if missing := [name for name in STACKS if set(stacks.get(name, ())) != set(real_engine.STEPS)]:
        raise BadInput(f"no figures of {', '.join(missing)}: run `make test-engine`, which runs every stack")
    versions = {"engine": binary.version_of(binary.find())}
    return {
        "on": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(sum(part["load"] for part in parts) / len(parts), 1),
        "processor_minutes": round(sum(part["processor_s"] for part in parts) / 60),
        "versions": versions | {name: importlib.metadata.version(name) for name in PACKAGES},
        "stacks": dict(sorted(stacks.items())),
    }


def main() -> int:
    """Write docs/real_engine.json and docs/real-engine.md; returns the exit code."""
    try:
        figures = joined([json.loads(path.read_text()) for path in sorted(PARTS.glob("*.json"))])
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    real_engine.FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    PAGE.write_text(real_engine.page())
    return 0


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.engine.figures", description=__doc__).parse_args()
    sys.exit(main())
