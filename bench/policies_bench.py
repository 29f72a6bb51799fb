"""Measures the policy pack over the engine's protocol: milliseconds a resource, and how stacks grow.

``python -m bench.policies_bench`` prints one line a figure; nothing here is a test.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "policies"))

from tests.policies.judge import Entry, recorded
from tests.policies.protocol import request, served, stack_request
from tests.program import shipped

STACK = "prod"
COPIES = (1, 2, 5, 10, 20)
ROUNDS = 5


def main() -> None:
    """Print the figures."""
    entries = recorded(shipped(STACK))
    with served(stack=STACK) as pack:
        requests = [request(urn, entry) for urn, entry in entries.items()]
        pack.stub.Analyze(requests[0])
        each: list[list[float]] = []
        for _ in range(ROUNDS):
            times = []
            for one in requests:
                began = time.perf_counter()
                pack.stub.Analyze(one)
                times.append(1000 * (time.perf_counter() - began))
            each.append(times)
        means = [statistics.mean(times) for times in each]
        print(f"resource analysis: {statistics.median(means):.2f} ms a resource ({len(requests)} resources)")
        print(f"  slowest resource: {max(statistics.median(of) for of in zip(*each, strict=True)):.1f} ms")
        for copies in COPIES:
            sent, size = stack_request(grown(entries, copies)), copies * len(entries)
            began = time.perf_counter()
            answer = pack.stub.AnalyzeStack(sent)
            seconds = time.perf_counter() - began
            print(
                f"stack analysis: {size} resources {seconds:.2f} s, {1000 * seconds / size:.3f} ms each, "
                f"{len({one.policyName for one in answer.diagnostics})} rules broken"
            )


def grown(entries: Mapping[str, Entry], copies: int) -> dict[str, Entry]:
    """The stack over and over under other URNs, each copy tied to itself only."""
    large: dict[str, Entry] = {}
    for copy in range(copies):
        other = {urn: urn.replace("urn:pulumi:", f"urn:pulumi:copy-{copy}-", 1) for urn in entries}
        for urn, entry in entries.items():
            needs = {key: tuple(other.get(one, one) for one in ones) for key, ones in entry.needs.items()}
            large[other[urn]] = Entry(entry.type, entry.props, needs, entry.protect, (), entry.parent)
    return large


if __name__ == "__main__":
    main()
