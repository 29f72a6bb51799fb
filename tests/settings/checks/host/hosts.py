"""Changes the platform of a shipped host stack, and lists the errors in it."""

from __future__ import annotations

from typing import Any

from settings import SettingsError, parse
from settings.stack_file import ROOT, raw_config
from tests.components.host.host_stack import PRODUCTION, stack


def problems(name: str = PRODUCTION, **platform: Any) -> list[str]:
    raw = raw_config(ROOT / f"Pulumi.{name}.yaml")
    raw["platform"] = {**raw["platform"], **platform}
    try:
        parse(name, raw, others={}, examples_allowed=True)
    except SettingsError as error:
        return list(error.problems)
    return []


def environment(**lines: str) -> dict[str, Any]:
    return {"environment": {**stack().model_dump(by_alias=True)["platform"]["environment"], **lines}}


def parameters(**changed: Any) -> dict[str, Any]:
    return {
        "parameters": {**raw_config(ROOT / f"Pulumi.{PRODUCTION}.yaml")["platform"]["parameters"], **changed}
    }


def web(**changed: Any) -> dict[str, Any]:
    compose = raw_config(ROOT / f"Pulumi.{PRODUCTION}.yaml")["platform"]["compose"]
    service = {
        key: value for key, value in {**compose["services"]["web"], **changed}.items() if value is not None
    }
    return {"compose": {**compose, "services": {**compose["services"], "web": service}}}


def beside(**services: Any) -> dict[str, Any]:
    """The compose document with further services, pinned and long-running unless they say otherwise."""
    compose = web()["compose"]
    base = {"image": f"worker@sha256:{'a' * 64}", "restart": "unless-stopped"}
    added = {name: {**base, **service} for name, service in services.items()}
    return {"compose": {**compose, "services": {**compose["services"], **added}}}
