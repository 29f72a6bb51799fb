"""Reads changed ``.env`` files through the importer: each is accepted, or refused by line without a value."""

from __future__ import annotations

import re
from collections import Counter

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st

from ops.import_env.accepted import assign, names_of
from ops.import_env.dotenv import parse
from ops.import_env.source import Refused
from settings import read_stack_file
from tests.program import STACKS

_STRONG = "q7Vx2Lr9Zt4Kd8Wm3Ns6Hb5Yc1Pg0Jf"
_PIECES = (
    *("$", "`", "'", '"', "\\", "#", " ", "\t", ";", "${X}", "$(id)", "op://", "arn:aws:", "="),
    *("\u201c", "\r", "\0"),
)
_VALUES = st.one_of(
    st.just(_STRONG),
    st.text(max_size=60),
    st.lists(st.sampled_from((_STRONG, *_PIECES)), max_size=6).map("".join),
)
_QUOTES = ("{}", "'{}'", '"{}"', "'{}", '"{}', "{}'", " {} ", "'{}' # comment")
_SHAPES = ("{}={}", "export {}={}", "{} = {}", "{}: {}", "  {}={}", "#{}={}", "{}{}")
_BYTES = (b"\n", b"\r\n", b"\n\n", b"\xff\n", b"\xef\xbb\xbf")
_SETTINGS = {stack: read_stack_file(stack) for stack in STACKS}
_SUPPLIED = {
    stack: [
        name
        for key, secret in settings.secrets.items()
        if secret.supplied and secret.kind == "external"
        for name in names_of(key, secret)
    ]
    for stack, settings in _SETTINGS.items()
}
_STACKS = [stack for stack, names in _SUPPLIED.items() if names]
_OTHERS = ("TMDB_TOKN", "unknown", "", "1A", "PORT", "JWT_SECRET", "DATABASE_URL")


@st.composite
def file(draw: st.DrawFn, stack: str) -> tuple[bytes, list[str]]:
    """The bytes of a file for this stack, and the values that stand in it; half of its lines are good."""
    data, values = b"", []
    for number in range(draw(st.integers(1, 3))):
        good = draw(st.booleans())
        value = f"{_STRONG}{number}" if good else draw(_VALUES)
        name = draw(st.sampled_from(_SUPPLIED[stack] if good else (*_SUPPLIED[stack], *_OTHERS)))
        shown = draw(st.sampled_from(_QUOTES[:2] if good else _QUOTES)).replace("{}", value)
        shape = draw(st.sampled_from(_SHAPES[:3] if good else _SHAPES))
        line = shape.format(name, "{}").replace("{}", shown)
        data += line.encode("utf-8", "surrogatepass")
        data += b"\n" if good else draw(st.sampled_from(_BYTES))
        values.append(value)
    return data, values


def fuzz(examples: int, *, seed: int | None = None) -> Counter[str]:
    """Read so many files; raises at the first with another error, or a refusal that shows a value."""
    seen: Counter[str] = Counter()

    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=seed is None,
        suppress_health_check=(HealthCheck.too_slow,),
    )
    @hypothesis.given(st.data())
    def one(data: st.DataObject) -> None:
        stack = data.draw(st.sampled_from(_STACKS))
        content, values = data.draw(file(stack))
        try:
            found = assign(_SETTINGS[stack], parse(content))
        except Refused as refused:
            seen["refused"] += 1
            for reason in refused.reasons:
                assert re.match(r"line \d+: ", reason), reason
                assert not any(len(value) > 3 and value in reason for value in values), reason
            return
        seen["accepted" if found else "empty"] += 1
        assert all(value.text.isascii() and value.text.strip() for value in found)

    if seed is not None:
        one = hypothesis.seed(seed)(one)
    one()
    return seen
