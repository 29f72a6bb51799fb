"""Measures the policy pack: milliseconds per resource over the protocol, and growth with the stack's size.

``python -m bench.policies_bench`` prints one line per figure; nothing here is a test.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from cProfile import Profile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "policies"))

import rules
from rules.pack.evaluator import Evaluator
from rules.pack.graph import Stack

from bench.figure import Figure
from tests.policies.judge import STRICT, Entry, assemble, recorded
from tests.policies.protocol import request, served, stack_request
from tests.program import shipped

STACK = "prod"
COPIES = (1, 2, 5, 10, 20)
ROUNDS, STACK_ROUNDS = 5, 3
RESOURCE_LIMIT_MS = 2.5
LINEAR = 1.15
"""The limit applies to function calls, whose number is exact; quadratic growth would be 2."""


def figures(copies: tuple[int, ...] = COPIES) -> Iterator[Figure]:
    """Measure single resources, and stacks of growing size."""
    entries = recorded(shipped(STACK))
    with served(stack=STACK) as pack:
        requests = [request(urn, entry) for urn, entry in entries.items()]
        pack.stub.Analyze(requests[0])
        each = [[_ms(pack.stub.Analyze, one) for one in requests] for _ in range(ROUNDS)]
        mean = statistics.median(statistics.mean(times) for times in each)
        slowest = max(statistics.median(of) for of in zip(*each, strict=True))
        yield Figure(
            what=f"policies over the protocol, ms per resource of {STACK} (median of {ROUNDS})",
            measured=round(mean, 2),
            limit=RESOURCE_LIMIT_MS,
            detail=f"{len(requests)} resources; the slowest {slowest:.1f} ms",
            met=mean <= RESOURCE_LIMIT_MS,
        )
        sizes = [of * len(entries) for of in copies]
        sent = [stack_request(grown(entries, of)) for of in copies]
        took = [
            statistics.median(_ms(pack.stub.AnalyzeStack, one) for _ in range(STACK_ROUNDS)) for one in sent
        ]
    power = _power(sizes, [calls(grown(entries, of)) for of in copies])
    shown = ", ".join(f"{size:,}: {ms / 1000:.2f} s" for size, ms in zip(sizes, took, strict=True))
    yield Figure(
        what="policies of a whole stack: exponent of function calls over resources (1 is linear)",
        measured=round(power, 3),
        limit=LINEAR,
        detail=f"exponent of seconds over the protocol: {_power(sizes, took):.2f}: {shown}",
        met=power <= LINEAR,
    )


def calls(entries: Mapping[str, Entry]) -> int:
    """The number of function calls that evaluating the whole stack takes."""
    profile = Profile()
    profile.runcall(lambda: Evaluator(rules.ALL).evaluate_stack(Stack(list(assemble(entries)), STRICT)))
    return sum(entry.callcount for entry in profile.getstats())


def _ms(call: Callable[[Any], Any], sent: Any) -> float:
    began = time.perf_counter()
    call(sent)
    return 1000 * (time.perf_counter() - began)


def _power(sizes: Sequence[int], measured: Sequence[float]) -> float:
    """The slope of a fitted line, both axes logarithmic."""
    return statistics.linear_regression(
        [math.log(one) for one in sizes], [math.log(one) for one in measured]
    ).slope


def main() -> None:
    """Print the figures."""
    for one in figures():
        print(f"{one.what}: {one.measured} of {one.limit} ({one.detail})")


def grown(entries: Mapping[str, Entry], copies: int) -> dict[str, Entry]:
    """The stack copied under other URNs; each copy refers to itself only."""
    large: dict[str, Entry] = {}
    for copy in range(copies):
        other = {urn: urn.replace("urn:pulumi:", f"urn:pulumi:copy-{copy}-", 1) for urn in entries}
        for urn, entry in entries.items():
            needs = {key: tuple(other.get(one, one) for one in ones) for key, ones in entry.needs.items()}
            large[other[urn]] = Entry(entry.type, entry.props, needs, entry.protect, (), entry.parent)
    return large


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m bench.policies_bench", description=__doc__).parse_args()
    main()
