"""Removes each statement and each action of documents, and finds the removals that no call notices."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from iam_documents import Document, decide, document, like
from tests.roles.account import Account, Call, Source

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Mutant:
    """A document that lacks one statement, or one action of a statement."""

    source: Source
    removed: str
    document: Document
    statement: Statement
    action: str | None
    """The action that was removed; None for the whole statement."""

    def concerns(self, action: str) -> bool:
        """Whether the removal can change the decision on this action."""
        if self.action is not None:
            return like(self.action, action, ignore_case=True)
        listed = _listed(self.statement.get("Action", self.statement.get("NotAction", ())))
        found = any(like(one, action, ignore_case=True) for one in listed)
        return found is ("Action" in self.statement)


def mutants(source: Source, held: Document) -> Iterator[Mutant]:
    """Every document that lacks one statement or one action."""
    statements = list(held["Statement"])
    for index, statement in enumerate(statements):
        label = statement.get("Sid", f"statement {index + 1}")
        rest = {**held, "Statement": [*statements[:index], *statements[index + 1 :]]}
        yield Mutant(source, label, rest, statement, None)
        element = "Action" if "Action" in statement else "NotAction"
        listed = _listed(statement[element])
        for action in listed if len(listed) > 1 else ():
            kept = {**statement, element: [one for one in listed if one != action]}
            changed = {**held, "Statement": [*statements[:index], kept, *statements[index + 1 :]]}
            yield Mutant(source, f"{label}: {action}", changed, statement, action)


@dataclass(frozen=True)
class Run:
    """The removals of a run, and those that no call noticed."""

    made: frozenset[tuple[str, str]]
    """The document and what was removed, alike for all stacks."""
    unnoticed: frozenset[tuple[str, str]]


def run(account: Account, calls: Collection[Call], left_out: Collection[str] = ()) -> Run:
    """Remove each part of each document, except of roles ``left_out``, and evaluate the calls it concerns."""
    by_source: dict[Source, list[Call]] = {}
    for call in calls:
        for source in account.sources(call):
            by_source.setdefault(source, []).append(call)
    made, missed = set[tuple[str, str]](), set[tuple[str, str]]()
    for source, held in account.documents.items():
        if source[1].split()[0] in left_out:
            continue
        concerned = by_source.get(source, [])
        for mutant in mutants(source, held):
            part = (_alike(account, source), mutant.removed)
            made.add(part)
            changed = account.with_document(source, mutant.document)
            if all(changed.holds(call) for call in concerned if mutant.concerns(call.action)):
                missed.add(part)
    return Run(frozenset(made), frozenset(missed))


def unneeded(account: Account, calls: Collection[Call], left_out: Collection[str] = ()) -> Run:
    """Each action with each resource of each role's document, and those that allow no call."""
    made, missed = set[tuple[str, str]](), set[tuple[str, str]]()
    for source, held in account.documents.items():
        role = source[1].split()[0]
        if source[0] != "role" or role in left_out:
            continue
        own = [one for one in calls if one.who == role and not one.refused and not one.any_identity]
        for statement in held["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            for action, resource in product(_listed(statement["Action"]), _listed(statement["Resource"])):
                part = (_alike(account, source), f"{action} on {_plain(account, resource)}")
                single = document({**statement, "Action": action, "Resource": resource})
                asked = (account.request(one) for one in own if like(action, one.action, ignore_case=True))
                made.add(part)
                if not any(decide([single], request) == "allowed" for request in asked):
                    missed.add(part)
    return Run(frozenset(made), frozenset(missed))


def missed_everywhere(runs: Collection[Run]) -> set[tuple[str, str]]:
    """The parts that no run with them noticed."""
    noticed = {part for one in runs for part in one.made - one.unnoticed}
    return {part for one in runs for part in one.unnoticed} - noticed


def _alike(account: Account, source: Source) -> str:
    return _plain(account, " ".join(source))


def _plain(account: Account, text: str) -> str:
    """The text without what differs between stacks."""
    names = account.names
    text = text.replace(names.region, "REGION").replace(f"/{names.environment}/", "/ENVIRONMENT/")
    return text.replace(names.prefix, "PREFIX")


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
