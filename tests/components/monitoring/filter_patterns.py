"""Evaluates CloudWatch Logs filter patterns on log lines, by the rules that AWS documents.

It supports plain terms and JSON selectors. For anything else (regular expressions, space-delimited fields,
``IS NOT``, ``EXISTS``) it raises an error, so that no test passes with a pattern that AWS would reject.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

LONGEST = 1024


class PatternError(ValueError):
    """CloudWatch Logs rejects this pattern, or this evaluator does not support it."""


def matches(pattern: str, line: str) -> bool:
    """Whether ``line`` is counted by a filter with ``pattern``."""
    if len(pattern) > LONGEST:
        raise PatternError(f"{len(pattern)} characters, {LONGEST} are taken")
    stripped = pattern.strip()
    if stripped.startswith("{"):
        test = _Json(stripped).parse()  # a malformed pattern fails on every line, not only on JSON
        try:
            event = json.loads(line)
        except ValueError:
            return False
        return isinstance(event, dict) and test(event)
    if stripped.startswith(("[", "%")):
        raise PatternError("space-delimited and regular expression patterns are not evaluated here")
    return _terms_match(stripped, line)


# --- plain text ------------------------------------------------------------------------------------------

_TERM = re.compile(r'\s*([?-]?)\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_]+))(?=\s|$)')


def _terms_match(pattern: str, line: str) -> bool:
    wanted: list[str] = []
    optional: list[str] = []
    excluded: list[str] = []
    at = 0
    while at < len(pattern):
        found = _TERM.match(pattern, at)
        if found is None:
            raise PatternError(f"at {at}: other than letters, digits and _ belong in double quotes")
        sign, quoted, bare = found.groups()
        term = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        # A blank phrase matches everything.
        {"": wanted, "?": optional, "-": excluded}[sign].append(term if term.strip() else "")
        at = found.end()
    if any(term in line for term in excluded):
        return False
    if wanted or excluded:
        # AWS ignores optional terms when the pattern has terms of another kind.
        return all(term in line for term in wanted)
    return not optional or any(term in line for term in optional)


# --- JSON ------------------------------------------------------------------------------------------------

Test = Callable[[dict[str, Any]], bool]

_TOKENS = re.compile(
    r"""\s*(?:
      (?P<punctuation>\(|\)|&&|\|\||!=|<=|>=|=|<|>)
    | (?P<selector>\$(?:\.[A-Za-z0-9_-]+|\[\d+\])+)
    | "(?P<quoted>(?:[^"\\]|\\.)*)"
    | (?P<word>[A-Za-z0-9_.*+:-]+)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_MISSING = object()
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


class _Json:
    """Recursive descent: parentheses bind before ``&&``, ``&&`` before ``||``."""

    def __init__(self, pattern: str) -> None:
        if not pattern.endswith("}"):
            raise PatternError("a JSON pattern ends with }")
        self._tokens = list(_tokenize(pattern[1:-1]))
        self._at = 0

    def parse(self) -> Test:
        test = self._either()
        if self._at != len(self._tokens):
            raise PatternError(f"unexpected {self._tokens[self._at][1]!r}")
        return test

    def _peek(self) -> str | None:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else None

    def _next(self, kind: str | None = None) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise PatternError("ends too early")
        token = self._tokens[self._at]
        if kind is not None and token[0] != kind:
            raise PatternError(f"{token[1]!r} where a {kind} belongs")
        self._at += 1
        return token

    def _either(self) -> Test:
        left = self._both()
        while self._peek() == "||":
            self._next()
            left = _or(left, self._both())
        return left

    def _both(self) -> Test:
        left = self._one()
        while self._peek() == "&&":
            self._next()
            left = _and(left, self._one())
        return left

    def _one(self) -> Test:
        if self._peek() == "(":
            self._next()
            inner = self._either()
            if self._next()[1] != ")":
                raise PatternError("an open parenthesis")
            return inner
        path = _path(self._next("selector")[1])
        kind, operator = self._next()
        if kind == "word":
            return self._state(path, operator)
        if operator not in _COMPARE:
            raise PatternError(f"{operator!r} compares nothing")
        value_kind, value = self._next()
        if value_kind not in ("quoted", "word"):
            raise PatternError(f"{value!r} is no value")
        return _comparison(path, operator, value, quoted=value_kind == "quoted")

    def _state(self, path: list[str | int], verb: str) -> Test:
        _, state = self._next("word")
        if (verb, state) == ("NOT", "EXISTS"):
            return lambda event: _find(event, path) is _MISSING
        states = {"NULL": None, "TRUE": True, "FALSE": False}
        if verb == "IS" and state in states:
            return lambda event: _find(event, path) is states[state]
        raise PatternError(f"{verb} {state}: there is IS NULL, IS TRUE, IS FALSE and NOT EXISTS")


def _or(left: Test, right: Test) -> Test:
    return lambda event: left(event) or right(event)


def _and(left: Test, right: Test) -> Test:
    return lambda event: left(event) and right(event)


def _tokenize(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = _TOKENS.match(text, at)
        if found is None or found.lastgroup is None:
            raise PatternError(f"at {at}: {text[at : at + 12]!r}")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _path(selector: str) -> list[str | int]:
    parts = re.findall(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]", selector)
    return [name or int(index) for name, index in parts]


def _find(event: Any, path: list[str | int]) -> Any:
    for step in path:
        fits = isinstance(event, dict if isinstance(step, str) else list)
        if not fits or (step not in event if isinstance(step, str) else step >= len(event)):
            return _MISSING
        event = event[step]
    return event


def _comparison(path: list[str | int], operator: str, value: str, *, quoted: bool) -> Test:
    number = None if quoted or not _NUMBER.fullmatch(value) else float(value)
    if operator not in ("=", "!=") and number is None:
        raise PatternError(f"{operator} compares numbers, not {value!r}")
    text = re.compile(_glob(re.sub(r"\\(.)", r"\1", value)), re.DOTALL)

    def test(event: dict[str, Any]) -> bool:
        found = _find(event, path)
        # Only a string or a number can be compared: != is false for a missing field, an object or a list.
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            return False
        if number is not None and not isinstance(found, str):
            return _COMPARE[operator](found, number)
        if operator not in ("=", "!="):
            return False
        written = found if isinstance(found, str) else json.dumps(found)
        return (text.fullmatch(written) is not None) == (operator == "=")

    return test


def _glob(value: str) -> str:
    """A ``*`` at either end matches any text; inside a word it is an ordinary character."""
    if value == "*":
        return ".*"
    head = ".*" if value.startswith("*") else ""
    tail = ".*" if value.endswith("*") else ""
    return head + re.escape(value[len(head) and 1 : len(value) - (1 if tail else 0)]) + tail
