"""Generates docs/secrets.md: the numbered attacks on secrets, and the tests of each from their markers."""

from __future__ import annotations

import csv

from docs.markers import TESTS, marked_by_number
from tests.mutations import mutations

ROWS = TESTS / "attack_rows.tsv"
MARK = "attack"
HEAD = """# Attacks on secrets

Each numbered attack and failure, and the tests that cover it. This page is generated from the markers
`@pytest.mark.attack(N)` (`make docs`). How: E the Pulumi engine where it is on PATH, else the sandbox's,
P the policy pack, L the rotation function with an emulated store and PostgreSQL, R re-encryption on
PostgreSQL, C commands against an emulated AWS, U the resource graph, S a scan of files.

| # | how | attack | tests |
| --- | --- | --- | --- |
"""


MUTATIONS_HEAD = """
## Mutations

`make mutations` edits a copy of the program so that one of these guarantees no longer holds, and checks
that a test of that attack fails, for each of them (`tests/mutations/`).

| # | guarantee | file |
| --- | --- | --- |
"""


def page() -> str:
    """The page as Markdown: the attacks with their tests, and the guarantees that mutations remove."""
    listed = (one for one in mutations() if one.attack is not None)
    lines = (f"| {one.attack} | {one.holds} | `{one.file}` |\n" for one in listed)
    return _answered() + MUTATIONS_HEAD + "".join(lines)


def _answered() -> str:
    answered = marked_by_number(MARK)
    lines = []
    for row in rows():
        tests = "<br>".join(f"`{test}`" for test in answered.get(int(row["number"]), ())) or "none"
        lines.append(f"| {row['number']} | {' '.join(row['proof'])} | {row['attack']} | {tests} |\n")
    return HEAD + "".join(lines)


def rows() -> list[dict[str, str]]:
    """The rows of tests/attack_rows.tsv: number, proof, attack."""
    with ROWS.open() as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
