"""Compares an approved Pulumi preview with a fresh one by operation, URN and properties, without values."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ops.core.exits import Exit

UNCHANGED = frozenset({"same", "read"})


def summarize(preview: Mapping[str, Any]) -> list[str]:
    """One line per step of ``pulumi preview --json`` that changes something: operation, URN, properties."""
    lines = []
    for step in preview.get("steps", ()):
        if step["op"] in UNCHANGED:
            continue
        touched = {*(step.get("diffReasons") or ()), *(step.get("replaceReasons") or ())}
        touched |= set(step.get("detailedDiff") or ())
        lines.append(" ".join((step["op"], step["urn"], *sorted(touched))))
    return sorted(lines)


def compare(stack: str, approved: Sequence[str], fresh: Sequence[str]) -> str | None:
    """Why the fresh preview requires another approval; None where both have the same steps."""
    extra, gone = Counter(fresh) - Counter(approved), Counter(approved) - Counter(fresh)
    if not extra and not gone:
        return None
    counts = Counter(f"extra {line.split(' ', 1)[0]}" for line in extra.elements())
    counts += Counter(f"missing {line.split(' ', 1)[0]}" for line in gone.elements())
    differences = ", ".join(f"{count} {what}{'s' * (count > 1)}" for what, count in sorted(counts.items()))
    return f"the preview of {stack} differs from the approved one ({differences}): approve it again"


def main(arguments: Sequence[str]) -> Exit:
    """Run ``summarize PREVIEW.json`` or ``compare STACK APPROVED FRESH``."""
    match arguments:
        case ["summarize", preview]:
            print("\n".join(summarize(json.loads(Path(preview).read_text()))))
            return Exit.DONE
        case ["compare", stack, approved, fresh]:
            old, new = (Path(one).read_text().splitlines() for one in (approved, fresh))
            if problem := compare(stack, old, new):
                print(problem, file=sys.stderr)
                for line in sorted(set(new) - set(old)):
                    print(f"  + {line}", file=sys.stderr)
                for line in sorted(set(old) - set(new)):
                    print(f"  - {line}", file=sys.stderr)
                return Exit.REFUSED
            return Exit.DONE
    usage = "python -m ops.ci.preview_diff summarize PREVIEW | compare STACK APPROVED FRESH"
    print(f"usage: {usage}", file=sys.stderr)
    return Exit.BAD_INPUT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
