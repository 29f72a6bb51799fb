"""The stack of tests/parts.yaml: staging with buckets, queues and schedules."""

from __future__ import annotations

from functools import cache
from typing import Any

from settings import Settings, parse
from settings.parse import VALUES
from settings.stack_file import NAMESPACE, ROOT
from settings.yaml_text import load_yaml
from tests.harness import Deployment
from tests.program import config_of, run_program

STACK = "staging"
OVERRIDES: dict[str, Any] = load_yaml((ROOT / "tests" / "parts.yaml").read_text())["config"]


@cache
def parts_settings() -> Settings:
    """The settings of the stack."""
    config = {key.removeprefix(NAMESPACE): text for key, text in config_of(STACK, OVERRIDES).items()}
    raw = {
        key: text if key in ("region", "accountId") else load_yaml(text)
        for key, text in config.items()
        if ":" not in key and key != VALUES
    }
    return parse(STACK, raw, others={}, examples_allowed=True)


@cache
def parts_deployment() -> Deployment:
    """Everything that the stack declares."""
    return run_program(STACK, OVERRIDES)
