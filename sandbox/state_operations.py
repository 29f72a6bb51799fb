"""Refreshes or destroys a stack from its state: the program does not run, as under the real engine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.engine.destroy import destroy
from sandbox.engine.model import Result, is_default_provider
from sandbox.engine.plugins import Plugins
from sandbox.engine.refresh import refresh
from sandbox.engine.step_executor import StepExecutor, Watch
from sandbox.provider.calls import SandboxError
from sandbox.redaction import Mask
from sandbox.results import HARD_EXIT

if TYPE_CHECKING:
    from sandbox.sandbox import Sandbox

OPERATIONS = {"refresh": refresh, "destroy": destroy}


def run(sandbox: Sandbox, operation: str, *, preview: bool = False, watch: Watch | None = None) -> Result:
    """Carry out ``refresh`` or ``destroy``; a preview changes neither AWS nor the state."""
    began = time.monotonic()
    config = sandbox.config()
    state = sandbox.state.copy() if preview else sandbox.state
    before = [*state.resources.values(), *state.pending]
    plugins = Plugins(sandbox.aws, dict(state.resources), config.of_package("aws"))
    executor = StepExecutor(state, plugins, preview=preview, watch=watch)
    result = Result(sandbox.stack, preview, 0)
    try:
        OPERATIONS[operation](state, executor)
    except SandboxError as error:
        executor.problems.append(str(error))
    finally:
        if not preview:
            sandbox.save_state()
    mask = Mask(config, [*before, *state.resources.values()])
    result.steps = [step for step in executor.steps if not is_default_provider(step.type, step.name)]
    result.error = mask.text("\n".join(executor.problems))
    result.exit_code = HARD_EXIT if executor.problems else 0
    result.resources = before
    result.seconds["total"] = round(time.monotonic() - began, 2)
    return result
