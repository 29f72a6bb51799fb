"""Reads changed stack files through the settings: each is accepted, or refused with a path in every line."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import yaml
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from settings import Settings, SettingsError, read_stack_file
from settings.stack_file import NAMESPACE
from tests.fuzz.changes import changed
from tests.program import STACKS


def names_a_path(line: str, objects: Mapping[str, Any]) -> bool:
    """Whether a line of a refusal begins with the path of a setting, or with the number of a line."""
    begin = re.match(r"line \d+: |[^\s.=:\[]+", line)
    aliases = (field.alias or name for name, field in Settings.model_fields.items())
    return begin is not None and (begin[0].endswith(": ") or begin[0] in {*aliases, *map(str, objects)})


_Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Keep = Callable[[str, dict[str, Any], Settings], None]


def read(stack: str, objects: dict[str, Any], folder: Path) -> Settings | tuple[str, ...]:
    """The settings of a stack file with these objects, or the lines of the refusal."""
    config = {f"{NAMESPACE}{key}": value for key, value in objects.items()}
    path = folder / f"Pulumi.{stack}.yaml"
    path.write_text(yaml.dump({"config": config}, Dumper=_Dumper, allow_unicode=True))
    try:
        return read_stack_file(stack, folder)
    except SettingsError as error:
        return error.problems


def fuzz(examples: int, *, seed: int | None = None, keep: Keep | None = None) -> Counter[str]:
    """Read so many changed files; raises at the first that gives another error or a line without a path."""
    seen: Counter[str] = Counter()

    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=seed is None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ),
    )
    @hypothesis.given(st.data())
    def one(data: st.DataObject) -> None:
        stack = data.draw(st.sampled_from(STACKS))
        objects = data.draw(changed(stack))
        found = read(stack, objects, folder)
        seen["accepted" if isinstance(found, Settings) else "refused"] += 1
        if not isinstance(found, Settings):
            nameless = [line for line in found if not names_a_path(line, objects)]
            assert not nameless, nameless
        elif keep is not None:
            keep(stack, objects, found)

    run = one if seed is None else hypothesis.seed(seed)(one)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run()
    return seen
