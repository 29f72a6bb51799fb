"""Prints, for each role that runs Pulumi, what no call needs and what a wildcard stands for."""

from __future__ import annotations

from collections import defaultdict

from tests.roles.test_coverage import ROLES, covered


def main() -> None:
    """Print both lists of both roles, and what the removal of each part would leave unnoticed."""
    for make, wanted in ROLES:
        found = covered(make, wanted)
        parts = {part for one in found for part in one.parts}
        unnoticed = set.intersection(*(set(one.undetected()) for one in found))
        unused = set.intersection(*(set(one.unused()) for one in found))
        print(f"{make.__name__}: {len(parts)} actions in {len({sid for sid, _ in parts})} statements")
        print(f"  removal unnoticed: {', '.join(sorted(unnoticed)) or 'none'}")
        print(f"  needed by no call: {', '.join(sorted(unused)) or 'none'}")
        wildcards: dict[str, set[str]] = defaultdict(set)
        for one in found:
            for pattern, actions in one.narrower().items():
                wildcards[pattern] |= actions
        for pattern, actions in sorted(wildcards.items()):
            print(f"  {pattern} stands for {len(actions)}: {' '.join(sorted(actions))}")


if __name__ == "__main__":
    main()
