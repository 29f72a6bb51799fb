"""Applies each mutation in a copy of the program and checks that it is killed (``make mutations``)."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

from tests.mutations import Mutation, mutations
from tests.mutations.copies import copy_tree
from tests.mutations.judge import Outcome, judge

_print = threading.Lock()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen mutations and print the results; exit code 1 where one survived, 2 without any."""
    options = parser().parse_args(arguments)
    known = list(mutations())
    if unknown := set(options.only or ()) - {one.label for one in known}:
        print(f"error: no mutation is named {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    outcomes = judge_all(
        [one for one in known if not options.only or one.label in options.only], options.jobs
    )
    survived = [outcome for outcome in outcomes if not outcome.killed]
    if options.json:
        documents = [{**asdict(outcome), "killed": outcome.killed} for outcome in outcomes]
        print(json.dumps(documents, indent=1, default=sorted))
    else:
        print(f"{len(outcomes) - len(survived)} of {len(outcomes)} mutations were killed")
    return 1 if survived else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    command.add_argument("--only", nargs="+", metavar="N", help="numbers of attacks, names of mistakes")
    command.add_argument("--jobs", type=int, default=2, help="copies of the program at work at once")
    command.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return command


def judge_all(chosen: Sequence[Mutation], jobs: int) -> list[Outcome]:
    """The result of each mutation, in order; each is printed to stderr as soon as it is known."""
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            copies.put(copy_tree(Path(folder) / str(number)))
        known: dict[str, int] = {}

        def outcome(mutation: Mutation) -> Outcome:
            root = copies.get()
            try:
                found = judge(mutation, root, known)
            finally:
                copies.put(root)
            with _print:
                print(found, file=sys.stderr, flush=True)
            return found

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(outcome, chosen))


if __name__ == "__main__":
    sys.exit(main())
