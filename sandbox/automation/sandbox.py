"""A stack in an emulated AWS that the Pulumi engine previews and updates."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi import automation
from typing_extensions import override

from sandbox import samples, session
from sandbox.automation import binary, exported
from sandbox.automation.events import Events
from sandbox.automation.workspace import Workspace
from sandbox.config import BadInput, StackConfig
from sandbox.engine import runner
from sandbox.engine.model import Resource, Result
from sandbox.engine.state import state_key
from sandbox.engine.step_executor import Watch
from sandbox.sandbox import Sandbox

PARALLEL = 16
"""Resources at a time; the emulated AWS answers one request at a time."""


class PulumiSandbox(Sandbox):
    """The emulated account of one stack; ``folder`` holds the CLI's project and state."""

    def __init__(self, stack: str, *, folder: Path | None = None, **how: Any) -> None:
        super().__init__(stack, **how)
        self._folder = folder
        self.output: list[str] = []
        """What the CLI printed."""

    @override
    def __enter__(self) -> PulumiSandbox:
        binary.find()
        if self.served is None:
            self._exits.enter_context(self.emulating())
            server = session.server(self.account, self.role, 0)
            self.served = self._exits.enter_context(server)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="strongroom-"))
            self._exits.callback(shutil.rmtree, self._folder, ignore_errors=True)
        super().__enter__()
        config = self.config()
        environment = session.environment(self.served, self.region)
        self.workspace = Workspace(self._folder, config, environment)
        self.workspace.project(self._program)
        key = f"awskms:///{state_key(self.aws)}?region={self.region}"
        self.pulumi = self.workspace.stack(lambda: runner.execute(self._program), key)
        return self

    @property
    def _program(self) -> Path:
        main = self.config().main
        return self.root / main if main else self.root

    @override
    def deployed(self) -> Mapping[str, Resource]:
        return exported.resources(self.pulumi)

    @override
    def unprotect(self, urns: Iterable[str]) -> None:
        for urn in urns:
            self.workspace.run("state", "unprotect", "--yes", urn)

    @override
    def _perform(
        self,
        result: Result,
        config: StackConfig,
        pack: Path | None,
        watch: Watch | None,
        references: Mapping[str, Mapping[str, Any]],
    ) -> None:
        if references:
            raise BadInput("stack references are of stacks in the same state: pass none to the engine")
        self.workspace.configure(config)
        given = self._options()
        if pack:
            policies = samples.policy_config(self.root, config)
            given |= self.workspace.pack(pack, self.root, config, policies, preview=result.preview)
        run = self.pulumi.preview if result.preview else self.pulumi.up
        with runner.surroundings(self._program):
            self._command(run, result, config, watch, given)

    @override
    def refresh(self, *, preview: bool = False, watch: Watch | None = None) -> Result:
        run = self.pulumi.preview_refresh if preview else self.pulumi.refresh
        return self._operate("refresh", run, preview, watch)

    @override
    def destroy(
        self, *, preview: bool = False, watch: Watch | None = None, keep: Collection[str] = ()
    ) -> Result:
        if keep:
            raise BadInput("the Automation API cannot exclude resources: run `pulumi destroy --exclude`")
        if preview:
            return self._operate("destroy", self.pulumi.preview_destroy, True, watch)
        if any(one.protect for one in self.deployed().values()):
            # `pulumi destroy` previews first, and then deletes nothing; the Automation API skips the preview.
            refused = self._operate("destroy", self.pulumi.preview_destroy, True, None)
            return replace(refused, preview=False, steps=[])
        return self._operate("destroy", self.pulumi.destroy, False, watch)

    def _operate(self, operation: str, run: Callable[..., Any], preview: bool, watch: Watch | None) -> Result:
        result = Result(self.stack, preview, 0, operation=operation)
        self._command(run, result, self.config(), watch, self._options())
        return result

    def _options(self) -> dict[str, Any]:
        return {
            "parallel": PARALLEL,
            "color": "never",
            "on_output": self.output.append,
            "on_error": self.output.append,
        }

    def _command(
        self,
        run: Callable[..., Any],
        result: Result,
        config: StackConfig,
        watch: Watch | None,
        options: dict[str, Any],
    ) -> None:
        began, events = time.monotonic(), Events(watch)
        self.workspace.project(self._program)
        # A preview stores no state; without this the engine serializes it after every step all the same.
        self.workspace.environment["PULUMI_SKIP_CHECKPOINTS"] = str(result.preview).lower()
        try:
            run(on_event=events, **options)
        except automation.CommandError as error:
            events.failed(str(error).rpartition("stderr: ")[2].strip())
        events.fill(result, config, exported.resources(self.pulumi))
        result.seconds["total"] = round(time.monotonic() - began, 2)
