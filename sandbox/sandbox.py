"""One emulated account with one stack: previews, updates, and clients to inspect it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from sandbox import config as stack_files
from sandbox import moto as emulator
from sandbox import results, samples, verification
from sandbox import stand_ins as standins
from sandbox.config import StackConfig
from sandbox.engine import operations
from sandbox.engine.analyzer import Analyzer
from sandbox.engine.model import Resource, Result
from sandbox.engine.policy_process import PackBroken
from sandbox.engine.refresh import refresh
from sandbox.engine.state import State, Vault
from sandbox.engine.step_executor import Watch
from sandbox.execution import Execution
from sandbox.provider.calls import Aws
from sandbox.results import HARD_EXIT

ROOT = Path(__file__).resolve().parent.parent
PACK = "policies"


class Sandbox:
    """The emulated account of one stack; the package's docstring has an example."""

    def __init__(
        self,
        stack: str,
        *,
        root: Path | str = ROOT,
        config_file: Path | None = None,
        config: Mapping[str, Any] | None = None,
        pack: Path | str | None = PACK,
        endpoint: str | None = None,
        state_file: Path | None = None,
    ) -> None:
        self.stack, self.root, self._file = stack, Path(root).resolve(), config_file
        self._extra, self._pack = dict(config or {}), (None if pack is None else self.root / pack)
        self._endpoint, self._state_file = endpoint, state_file
        self.served = endpoint
        """Where other processes reach the emulated AWS; None while nothing serves it."""
        self._exits = ExitStack()
        first = self.config()
        self.account, self.region = first.need("accountId"), first.need("region")
        application = first.get("application") or {}
        self.role = f"{application.get('name') or first.project}-pulumi-up"
        self.state = State()

    @contextmanager
    def emulating(self) -> Iterator[None]:
        """Start the emulated AWS without the stack's role, for a server that must start first."""
        mock = emulator.start()
        try:
            yield
        finally:
            mock.stop()

    def __enter__(self) -> Sandbox:
        if self._endpoint is None:
            self._exits.enter_context(self.emulating())
        self.session: boto3.Session = emulator.enter_account(
            self.account, self.region, self.role, self._endpoint
        )
        self.aws = Aws(self.session, self.account, self.region, self._endpoint)
        if self._state_file:
            self.state = Vault(self.aws, self._state_file).load()
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def config(self, overrides: Mapping[str, Any] | None = None) -> StackConfig:
        """The stack's configuration with the overrides of the sandbox and of the run merged in."""
        return stack_files.read(self.root, self.stack, self._file).merged(self._extra).merged(overrides)

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's account, with the role that runs ``up``."""
        return self.aws.client(service)

    def deployed(self) -> Mapping[str, Resource]:
        """The resources in the state by URN; values are unwrapped, so never print them."""
        return self.state.resources

    def preview(self, overrides: Mapping[str, Any] | None = None, **how: Any) -> Result:
        """Preview ``up``; nothing is changed."""
        return self._run(overrides, preview=True, **how)

    def up(self, overrides: Mapping[str, Any] | None = None, **how: Any) -> Result:
        """Create or update the stack as the program and the configuration declare it."""
        return self._run(overrides, preview=False, **how)

    def refresh(self, *, preview: bool = False, watch: Watch | None = None) -> Result:
        """Take what was changed or deleted in AWS by hand into the state."""
        return operations.run(self, "refresh", refresh, preview=preview, watch=watch)

    def destroy(
        self, *, preview: bool = False, watch: Watch | None = None, keep: Collection[str] = ()
    ) -> Result:
        """Delete every resource of the state, dependents first; nothing where one of them is protected.

        The resources whose URNs are in ``keep``, and what they need, stay (``pulumi destroy --exclude``).
        """
        work = partial(operations.destroy, keep=keep)
        return operations.run(self, "destroy", work, preview=preview, watch=watch)

    def save_state(self) -> None:
        """Write the state to its file, where it has one."""
        if self._state_file:
            Vault(self.aws, self._state_file).save(self.state)

    def unprotect(self, urns: Iterable[str]) -> None:
        """``pulumi state unprotect``: let the next ``up`` delete what its program no longer declares."""
        operations.unprotect(self.state, urns)
        self.save_state()

    def _run(
        self,
        overrides: Mapping[str, Any] | None,
        *,
        preview: bool,
        policies: bool = True,
        stand_ins: bool = True,
        verify: verification.Verify | None = None,
        watch: Watch | None = None,
        references: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Result:
        began = time.monotonic()
        config, sampled = samples.fill(self.config(overrides), self.root)
        pack = (
            self._pack if policies and self._pack and (self._pack / "PulumiPolicy.yaml").is_file() else None
        )
        result = Result(self.stack, preview, 0)
        bootstrapped = standins.state_bucket(self, config) if stand_ins and not preview else []
        self._perform(result, config, pack, watch, references or {})
        result.seconds["run"] = round(time.monotonic() - began, 2)
        if result.exit_code == 0 and not preview:
            if stand_ins:
                result.stand_ins = sampled + bootstrapped + standins.put(self, config)
            if verify:
                self._verify(result, config, verify)
        result.seconds["total"] = round(time.monotonic() - began, 2)
        return result

    def _perform(
        self,
        result: Result,
        config: StackConfig,
        pack: Path | None,
        watch: Watch | None,
        references: Mapping[str, Mapping[str, Any]],
    ) -> None:
        with ExitStack() as exits:
            execution = Execution(
                config,
                self.state.copy() if result.preview else self.state,
                self.aws,
                root=self.root,
                preview=result.preview,
                analyzer=exits.enter_context(self._analyzer(pack, config, result.preview)) if pack else None,
                watch=watch,
                references=references,
            )
            result.remediated = execution.remediated
            try:
                problems = execution.run()
            except PackBroken as error:
                result.exit_code, result.error = HARD_EXIT, str(error)
                return
            finally:
                execution.deployment.save()
                if not result.preview:
                    self.save_state()
        results.fill(result, execution, problems, self.state.resources.values())

    def _analyzer(self, pack: Path, config: StackConfig, preview: bool) -> Analyzer:
        return Analyzer(
            pack,
            config,
            preview=preview,
            policy_config=samples.policy_config(self.root, config),
            root=self.root,
        )

    def _verify(self, result: Result, config: StackConfig, verify: verification.Verify) -> None:
        began = time.monotonic()
        result.verification = verification.run(verify, config, self.session, self.root, self._endpoint)
        result.seconds["verify"] = round(time.monotonic() - began, 2)
        if result.verification.problem or result.verification.findings:
            result.exit_code = HARD_EXIT
