"""Operations on a stack."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ops.core import atomic_write, context
from ops.rotation import steps
from settings import Settings, read_stack_file
from settings.stack_file import NAMESPACE, ROOT
from tests.ops.model import sandbox, small_program
from tests.ops.model.machine import Operations
from tests.ops.model.small_program import STACK

SERVICES, SECRETS = ("api-gateway", "user"), ("entry-encryption-key", "jwt-secret", "redis-url")


def small_stack_file() -> str:
    """Staging with two services, and a secret of each kind that an update makes."""
    content = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text())
    config = content["config"]
    platform, secrets = config[f"{NAMESPACE}platform"], config[f"{NAMESPACE}secrets"]
    platform["services"] = {name: platform["services"][name] for name in SERVICES}
    del platform["oneOffTasks"]
    config[f"{NAMESPACE}secrets"] = secrets = {name: secrets[name] for name in SECRETS}
    for secret in secrets.values():
        secret["readers"] = [one for one in secret["readers"] if one in (*SERVICES, "reencrypt")]
    known = [secret["env"] for secret in secrets.values()]
    for service in platform["services"].values():
        service["requiredEnv"] = [env for env in service["requiredEnv"] if env in known]
    secrets["jwt-secret"]["keyring"]["readers"] = ["api-gateway"]
    secrets["entry-encryption-key"]["encryptedColumns"][1:] = []
    return yaml.safe_dump(content, sort_keys=False)


@cache
def _parsed(text: str) -> Settings:
    raise NotImplementedError


def test_model(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, Settings] = {}

    def read(stack: str, root: Path = ROOT) -> Settings:
        text = (root / f"Pulumi.{stack}.yaml").read_text()
        if text not in known:
            known[text] = read_stack_file(stack, root)
        return known[text]

    for module in (context, small_program, sandbox):
        monkeypatch.setattr(module, "read_stack_file", read)
    monkeypatch.setattr(atomic_write.os, "fsync", lambda _: None)
    monkeypatch.setattr(steps, "with_number", cache(steps.with_number))
    monkeypatch.setattr(steps, "with_revoked", cache(steps.with_revoked))
    from tests.ops.model import machine

    monkeypatch.setattr(machine, "with_number", cache(steps.with_number))
    monkeypatch.setattr(machine, "with_revoked", cache(steps.with_revoked))

    class Machine(Operations):
        text = small_stack_file()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=int(os.environ.get("N", "100")),
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            database=None,
            report_multiple_bugs=False,
            phases=[Phase.generate] + ([Phase.shrink] if os.environ.get("SHRINK") else []),
        ),
    )
