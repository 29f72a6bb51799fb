"""One emulated account with one stack in it: brought up, updated, and open to be looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
from pulumi.runtime import rpc

from sandbox import config as stack_files
from sandbox import moto as emulator
from sandbox import samples, verification
from sandbox import stand_ins as standins
from sandbox.config import StackConfig
from sandbox.engine import runner
from sandbox.engine.analyzer import Analyzer, PackBroken
from sandbox.engine.deployment import Deployment
from sandbox.engine.model import PROVIDER_PREFIX, STACK_TYPE, PolicyFinding, Resource, Result
from sandbox.engine.monitor import Monitor
from sandbox.engine.plugins import Plugins
from sandbox.engine.state import State, Vault
from sandbox.provider.calls import Aws, SandboxError
from sandbox.provider.rows import ROWS
from sandbox.provider.shapes import plain
from sandbox.redaction import MASK, Mask

ROOT = Path(__file__).resolve().parent.parent
PACK = "policies"
HARD_EXIT = 1
Watch = Callable[[str, Resource], None]


class World:
    """The emulated account of one stack; see the package's docstring."""

    def __init__(
        self,
        stack: str,
        *,
        root: Path | str = ROOT,
        config: Mapping[str, Any] | None = None,
        pack: Path | str | None = PACK,
        endpoint: str | None = None,
        state_file: Path | None = None,
    ) -> None:
        self.stack, self.root = stack, Path(root).resolve()
        self._extra = dict(config or {})
        self._pack = None if pack is None else self.root / pack
        self._endpoint, self._state_file = endpoint, state_file
        self._exits = ExitStack()
        first = self.config()
        self.account, self.region = first.need("accountId"), first.need("region")
        application = first.get("application") or {}
        self.role = f"{application.get('name') or first.project}-pulumi-up"
        self.state = State()

    @contextmanager
    def emulating(self) -> Iterator[None]:
        """The emulated AWS without the stack's role: for whoever serves it before the world opens."""
        mock = emulator.start()
        try:
            yield
        finally:
            mock.stop()

    def __enter__(self) -> World:
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
        """The stack's configuration with the world's and the run's overrides merged in."""
        return stack_files.read(self.root, self.stack).merged(self._extra).merged(overrides)

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's account, as the role that runs ``up``."""
        return self.aws.client(service)

    def preview(self, overrides: Mapping[str, Any] | None = None, **how: Any) -> Result:
        """What ``up`` would do; nothing is changed."""
        return self._run(overrides, preview=True, **how)

    def up(self, overrides: Mapping[str, Any] | None = None, **how: Any) -> Result:
        """Bring the stack to what the program and the configuration say."""
        return self._run(overrides, preview=False, **how)

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
        with ExitStack() as exits:
            analyzer = exits.enter_context(self._analyzer(pack, config, preview)) if pack else None
            try:
                self._execute(result, config, analyzer, watch, references or {})
            except PackBroken as error:
                result.exit_code, result.error = HARD_EXIT, str(error)
        result.seconds["run"] = round(time.monotonic() - began, 2)
        if result.exit_code == 0 and not preview:
            if stand_ins:
                result.stand_ins = sampled + standins.put(self, config)
            if verify:
                self._verify(result, config, verify)
        result.seconds["total"] = round(time.monotonic() - began, 2)
        return result

    def _analyzer(self, pack: Path, config: StackConfig, preview: bool) -> Analyzer:
        return Analyzer(
            pack,
            config,
            preview=preview,
            policy_config=samples.policy_config(self.root, config),
            root=self.root,
        )

    def _execute(
        self,
        result: Result,
        config: StackConfig,
        analyzer: Analyzer | None,
        watch: Watch | None,
        references: Mapping[str, Mapping[str, Any]],
    ) -> None:
        preview = result.preview
        state = self.state.copy() if preview else self.state
        news: dict[str, Resource] = {}
        texts = config.texts()
        defaults = {
            key.removeprefix("aws:"): value for key, value in config.values.items() if key.startswith("aws:")
        }
        deployment = Deployment(
            state,
            Plugins(self.aws, news, defaults),
            news,
            preview=preview,
            judge=_judge(analyzer, news, result) if analyzer else None,
            watch=watch,
        )
        monitor = Monitor(
            deployment,
            self.stack,
            config.project,
            disabled_defaults=list(config.values.get("pulumi:disable-default-providers") or []),
            references=references,
        )
        try:
            ran = runner.run(
                self.root / config.main if config.main else self.root,
                monitor,
                config=texts,
                secret_keys=sorted(config.secret_keys),
                preview=preview,
            )
            problems = [] if ran.ok else [ran.error]
            if ran.ok:
                problems += _finish(deployment, analyzer, news)
            result.messages = ran.messages
        finally:
            deployment.save()
            if not preview and self._state_file:
                Vault(self.aws, self._state_file).save(self.state)
        self._report(result, config, deployment, monitor, problems)

    def _report(
        self,
        result: Result,
        config: StackConfig,
        deployment: Deployment,
        monitor: Monitor,
        problems: list[str],
    ) -> None:
        shown = [step for step in deployment.steps if not _is_default_provider(step.type, step.name)]
        result.steps = shown
        result.resources = list(deployment.news.values())
        result.findings = deployment.findings
        stack = next((r for r in result.resources if r.type == STACK_TYPE), None)
        result.secret_outputs = set(stack.secret) if stack else set()
        result.outputs = {
            k: MASK if k in result.secret_outputs else _masked(v) for k, v in monitor.outputs.items()
        }
        result.in_process = _in_process(result.resources)
        problems += deployment.problems
        if any(finding.stops for finding in result.findings) and not problems:
            what = "preview" if result.preview else "update"
            problems.append(f"{what} failed: the stack breaks mandatory policies")
        mask = Mask(config, [*result.resources, *self.state.resources.values()])
        result.error = mask.text("\n".join(dict.fromkeys(filter(None, problems))))
        result.messages = [mask.text(message) for message in result.messages]
        result.findings = [replace(found, message=mask.text(found.message)) for found in result.findings]
        result.outputs = mask.value(plain(result.outputs))
        result.exit_code = HARD_EXIT if problems else 0

    def _verify(self, result: Result, config: StackConfig, verify: verification.Verify) -> None:
        began = time.monotonic()
        result.verification = verification.run(verify, config, self.session, self.root, self._endpoint)
        result.seconds["verify"] = round(time.monotonic() - began, 2)
        if result.verification.problem or result.verification.findings:
            result.exit_code = HARD_EXIT


def _judge(
    analyzer: Analyzer, news: Mapping[str, Resource], result: Result
) -> Callable[[Resource], list[PolicyFinding]]:
    """Mend first, then judge what came of it, as the engine does."""

    def judge(resource: Resource) -> list[PolicyFinding]:
        owner = news.get(resource.provider.rpartition("::")[0])
        found = []
        for policy, trouble in analyzer.remediate(resource, owner):
            if trouble:
                found.append(PolicyFinding(policy, "advisory", trouble, resource.urn))
            else:
                result.remediated.append(f"{policy} mended {resource.urn}")
        return found + analyzer.analyze(resource, owner)

    return judge


def _finish(deployment: Deployment, analyzer: Analyzer | None, news: dict[str, Resource]) -> list[str]:
    """Deletions, then the policies of the stack as a whole."""
    try:
        deployment.finish()
    except SandboxError as error:
        return [str(error)]
    if analyzer:
        found = analyzer.analyze_stack(list(news.values()), news)
        deployment.findings += [replace(f, level="mandatory") if f.level == "remediate" else f for f in found]
    return []


def _is_default_provider(type_: str, name: str) -> bool:
    return type_.startswith(PROVIDER_PREFIX) and name.startswith("default")


def _masked(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return MASK
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else None


def _in_process(resources: list[Resource]) -> list[str]:
    """Types of this stack that moto cannot make, or half forgets, each once."""
    used = [ROWS[token] for token in sorted({r.type for r in resources}) if token in ROWS]
    lines = [
        f"{row.token}: moto has no {row.absent}, the sandbox answers it itself" for row in used if row.absent
    ]
    return lines + [f"{row.token}: moto forgets {row.keeps}; kept here" for row in used if row.keeps]
