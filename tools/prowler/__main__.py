"""Brings a stack up in the sandbox, scans it with Prowler, and fails on what is not explained."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from sandbox import Sandbox
from sandbox.config import BadInput
from sandbox.session import environment, server
from tools.prowler import scanner
from tools.prowler.explained import PATH, compare, explanations


def scan(stack: str) -> list[scanner.Failure]:
    """What Prowler finds in an emulated account in which the stack is up."""
    prowler, sandbox = scanner.ensure(), Sandbox(stack)
    with sandbox.emulating(), server(sandbox.account, sandbox.role) as endpoint, sandbox:
        sandbox.served = endpoint
        result = sandbox.up(policies=False)
        if result.exit_code:
            raise BadInput(f"{stack} does not come up: {result.error}")
        return scanner.failures(prowler, sandbox.region, environment(endpoint, sandbox.region))


def main(arguments: list[str] | None = None) -> int:
    """Scan the stack that the command line names; exit code 1 where a failure is not explained."""
    parser = argparse.ArgumentParser(prog="python -m tools.prowler", description=__doc__)
    parser.add_argument("--stack", required=True)
    stack = parser.parse_args(arguments).stack
    try:
        found = scan(stack)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    compared = compare(found, explanations())
    for one in compared.unexplained:
        print(f"{one.check}: {one.resource}: {one.text}")
    for each in compared.unneeded:
        print(f"explained and not failing on {stack}: {each.check} ({', '.join(each.resources)})")
    counts = Counter(one.check for one in compared.unexplained)
    print(
        f"{stack}: {len(found)} failures; {len(compared.unexplained)}, of {len(counts)} checks, are not "
        f"explained in {PATH.name}"
    )
    return 1 if compared.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
