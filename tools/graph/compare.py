"""Compares what two trees declare for a stack, and their policy findings (``make graph-diff BASE=COMMIT``).

``python tools/graph/compare.py --base COMMIT [--stack S ...]`` records a copy of the base commit and this
work tree; ``--files OLD NEW`` compares two recordings. Resources of the base are first renamed by the aliases
of the new tree, as the engine does. Exit code 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ABSENT = "(absent)"


def main() -> int:
    """Print every difference; exit with 1 where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="the commit to compare this work tree with")
    parser.add_argument(
        "--stack", nargs="+", default=sorted(p.name.split(".")[1] for p in ROOT.glob("Pulumi.*.yaml"))
    )
    parser.add_argument("--files", type=Path, nargs=2, metavar=("OLD", "NEW"))
    parser.add_argument("--summary", action="store_true", help="count differences by type and property")
    options = parser.parse_args()
    if options.files:
        old, new = (json.loads(path.read_text()) for path in options.files)
        return report([(new["stack"], old, new)], summary=options.summary)
    if not options.base:
        parser.error("name a commit with --base, or two recordings with --files")
    return report(recorded(options.base, options.stack), summary=options.summary)


def recorded(base: str, stacks: list[str]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(title, the base's recording, this tree's)."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", base], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        for stack in stacks:
            for preview in (False, True):
                old, new = (record(tree, stack, preview=preview) for tree in (Path(folder), ROOT))
                yield f"{stack}, {'preview' if preview else 'up'}", old, new


def record(checkout: Path, stack: str, *, preview: bool) -> dict[str, Any]:
    """One recording, made in a process of its own."""
    command = [sys.executable, str(HERE / "record.py"), "--checkout", str(checkout), "--stack", stack]
    done = subprocess.run([*command, *(["--preview"] if preview else [])], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def report(pairs: Iterable[tuple[str, dict[str, Any], dict[str, Any]]], *, summary: bool) -> int:
    """Print the differences of every pair, or their number by kind."""
    total = 0
    for title, old, new in pairs:
        lines = list(differences(old, new))
        total += len(lines)
        counts = f"{len(new['resources'])} resources, {len(new['findings'])} findings"
        print(f"{title}: {counts}, {len(lines)} differences")
        if summary:
            for kind, count in sorted(Counter(map(kind_of, lines)).items()):
                print(f"  {count:4} {kind}")
        else:
            for line in lines:
                print(f"  {line}")
    return 1 if total else 0


def kind_of(line: str) -> str:
    """The kind of a difference: its sign, type and property."""
    sign, _, rest = line.partition(" ")
    if rest.startswith("finding "):
        return f"{sign} {rest.split(':')[0]}"
    where, _, what = rest.partition(" ")
    type_ = where.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2]
    path = re.match(r"[^:[]*", what)
    return f"{sign} {type_} {path[0] if path else ''}".rstrip()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """One line per difference: the resource, the property, before and after."""
    renamed = renames(old["resources"], new["resources"])
    before = json.loads(_renamed(json.dumps(old), renamed))
    for urn in sorted({*before["resources"], *new["resources"]}):
        was, now = before["resources"].get(urn), new["resources"].get(urn)
        if was is None or now is None:
            yield f"{'+' if was is None else '-'} {urn}"
            continue
        for path, (left, right) in changes(without_aliases(was), without_aliases(now)):
            yield f"~ {urn.split('::', 2)[-1]} {path}: {short(left)} -> {short(right)}"
    for sign, here, there in (("-", before, new), ("+", new, before)):
        for finding in here["findings"]:
            if finding not in there["findings"]:
                yield f"{sign} finding {finding['level']} {finding['policy']}: {finding['message']!r}"


def renames(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Old URN to new, for each new resource with an alias that names an old one.

    A child inherits the alias of its parent, as in the engine.
    """
    former: dict[str, str] = {}
    for urn, one in sorted(new.items(), key=lambda item: item[0].count("$")):
        if urn in old:
            continue
        aliases: list[Any] = list(one.get("aliases", ()))
        if one.get("parent") in former:
            aliases.append({"parent": former[one["parent"]]})
        for alias in aliases:
            if (was := alias_urn(urn, one, alias)) in old:
                former[urn] = was
    return {was: urn for urn, was in former.items()}


def alias_urn(urn: str, one: Mapping[str, Any], alias: str | Mapping[str, Any]) -> str:
    """The URN that an alias stands for; parts that it omits are the resource's own."""
    if isinstance(alias, str):
        return alias
    stack, project, types, name = urn.split("::", 3)
    parent = "" if alias.get("noParent") else alias.get("parent") or one["parent"]
    chain = parent.split("::")[2] if parent else ""
    chain = "" if chain in ("", "pulumi:pulumi:Stack") else f"{chain}$"
    type_ = alias.get("type") or types.rpartition("$")[2]
    return f"{stack}::{project}::{chain}{type_}::{alias.get('name') or name}"


def _renamed(text: str, renamed: Mapping[str, str]) -> str:
    for was, now in renamed.items():
        text = text.replace(json.dumps(was)[1:-1], json.dumps(now)[1:-1])
    return text


def without_aliases(one: Mapping[str, Any]) -> dict[str, Any]:
    """A resource without its aliases, and with its JSON documents parsed."""
    return {key: parsed(value) for key, value in one.items() if key != "aliases"}


def parsed(value: Any) -> Any:
    """JSON text inside the value, parsed."""
    if isinstance(value, dict):
        return {key: parsed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [parsed(inner) for inner in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Every differing leaf: path, before, after."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from changes(old.get(key, ABSENT), new.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from changes(left, right, f"{path}[{number}]")
    elif old != new:
        yield path, (old, new)


def short(value: Any, limit: int = 240) -> str:
    """A value as text, cut where it is long."""
    text = json.dumps(value)
    return text if len(text) <= limit else f"{text[:limit]}..."


if __name__ == "__main__":
    sys.exit(main())
