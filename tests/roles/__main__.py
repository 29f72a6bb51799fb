"""Prints what a mutation run leaves unnoticed, what no call needs, and what wildcards stand for."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Collection
from contextlib import redirect_stdout
from io import StringIO

from tests.program import STACKS
from tests.roles.expected import expected
from tests.roles.mutants import Run, missed_everywhere, run, unneeded
from tests.roles.stack_account import EXEC, account_of, settings_for
from tests.roles.test_coverage import ROLES, covered


def main() -> None:
    """Run the mutations of every stack, and print the lists."""
    argparse.ArgumentParser(prog="python -m tests.roles", description=__doc__).parse_args()
    removals: list[Run] = []
    needs: list[Run] = []
    for stack in (*STACKS, EXEC):
        # The pipeline's role is in test_deploy_role.py, with all of its calls.
        left_out = [settings_for(stack).names.deploy_role]
        with redirect_stdout(StringIO()):  # functions log while their calls are recorded
            account, calls = account_of(stack), expected(stack)
        wrong = [one for one in calls if not account.holds(one)]
        removals.append(run(account, calls, left_out))
        needs.append(unneeded(account, calls, left_out))
        kinds = defaultdict(int)
        for name, _ in removals[-1].made:
            kinds[name.split()[0]] += 1
        counted = ", ".join(f"{number} of kind {kind}" for kind, number in sorted(kinds.items()))
        print(f"{stack}: {len(calls)} calls, {len(wrong)} decided otherwise; removals: {counted}")
    _listed("removals that no call notices", missed_everywhere(removals))
    _listed("what no call needs", missed_everywhere(needs))
    for make, wanted in ROLES:
        wildcards: dict[str, set[str]] = defaultdict(set)
        for one in covered(make, wanted):
            for pattern, actions in one.narrower().items():
                wildcards[pattern] |= actions
        print(f"{make.__name__}:")
        for pattern, actions in sorted(wildcards.items()):
            print(f"  {pattern} stands for {len(actions)}: {' '.join(sorted(actions))}")


def _listed(heading: str, parts: Collection[tuple[str, str]]) -> None:
    print(f"{heading}: {len(parts) or 'none'}")
    for name, part in sorted(parts):
        print(f"  {name}: {part}")


if __name__ == "__main__":
    main()
