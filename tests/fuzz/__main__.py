"""Reads many changed stack files (``python -m tests.fuzz``), and with ``--strict`` brings accepted ones up.

What the sandbox refuses is a rule that the settings lack: see CONTRIBUTING.md.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from typing import Any

from settings import Settings, read_stack_file
from tests.fuzz import dotenv
from tests.fuzz.changes import paths
from tests.fuzz.run import fuzz
from tests.fuzz.strict import bring_up, changes
from tests.program import STACKS

OTHER_CALLER = "administrators: the caller "
"""How the program ends where a changed file no longer names the sandbox's role; AWS would accept it."""


def main() -> int:
    """Read, and bring up; 1 where the sandbox refused a file that the settings accept."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--examples", type=int, default=10_000, help="changed stack files to read")
    options.add_argument("--dotenv", type=int, default=0, metavar="NUMBER", help="changed .env files to read")
    options.add_argument("--strict", type=int, default=0, metavar="NUMBER", help="accepted ones to bring up")
    options.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="repeats a run")
    asked = options.parse_args()
    shipped = {stack: read_stack_file(stack) for stack in STACKS}
    accepted: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}

    def keep(stack: str, objects: dict[str, Any], settings: Settings) -> None:
        if settings != shipped[stack]:
            changed = paths(changes(stack, objects))
            accepted.setdefault((stack, *sorted(map(str, changed))), (stack, objects))

    print(f"seed {asked.seed}", flush=True)
    if asked.dotenv:
        print(f".env files: {dict(dotenv.fuzz(asked.dotenv, seed=asked.seed))}", flush=True)
    seen = fuzz(asked.examples, seed=asked.seed, keep=keep)
    different = f"{len(accepted)} of them in other settings than the rest"
    print(f"{seen['accepted']} accepted, {different}; {seen['refused']} refused", flush=True)
    refused = 0
    for number, (stack, objects) in enumerate(list(accepted.values())[: asked.strict], 1):
        began = time.monotonic()
        error = bring_up(stack, objects)
        other_caller = error.startswith(OTHER_CALLER)
        refused += bool(error) and not other_caller
        said = "not tried" if other_caller else f"REFUSED: {error}" if error else "came up"
        changed = json.dumps(changes(stack, objects), ensure_ascii=False, default=str)
        print(f"{number} {stack} {time.monotonic() - began:.0f}s {changed}: {said}", flush=True)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
