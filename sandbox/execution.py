"""Runs a program once: makes steps of its resources, and checks them against the policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.config import StackConfig
from sandbox.engine import runner
from sandbox.engine.analyzer import Analyzer
from sandbox.engine.deployment import Deployment
from sandbox.engine.model import Policy, PolicyFinding, Resource
from sandbox.engine.monitor import Monitor
from sandbox.engine.plugins import Plugins
from sandbox.engine.state import State
from sandbox.engine.step_executor import Watch
from sandbox.provider.calls import Aws, SandboxError


class Execution:
    """One run of a stack's program against its state."""

    def __init__(
        self,
        config: StackConfig,
        state: State,
        aws: Aws,
        *,
        root: Path,
        preview: bool,
        analyzer: Analyzer | None = None,
        watch: Watch | None = None,
        references: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.config, self._preview, self._analyzer = config, preview, analyzer
        self._program = root / config.main if config.main else root
        self._news: dict[str, Resource] = {}
        self.messages: list[str] = []
        self.remediated: list[str] = []
        """Changes that remediating policies made, one line each."""
        self.deployment = Deployment(
            state,
            Plugins(aws, self._news, config.of_package("aws")),
            self._news,
            preview=preview,
            judge=self._judge if analyzer else None,
            watch=watch,
        )
        self.monitor = Monitor(
            self.deployment,
            config.stack,
            config.project,
            disabled_defaults=list(config.values.get("pulumi:disable-default-providers") or []),
            references=references or {},
        )

    def run(self) -> list[str]:
        """Run the program, then delete the resources that it no longer declares; return what went wrong."""
        ran = runner.run(
            self._program,
            self.monitor,
            config=self.config.texts(),
            secret_keys=sorted(self.config.secret_keys),
            preview=self._preview,
        )
        self.messages = ran.messages
        return self._finish() if ran.ok else [ran.error]

    @property
    def policies(self) -> list[Policy]:
        """The policies that were evaluated."""
        return self._analyzer.policies if self._analyzer else []

    def _judge(self, resource: Resource) -> list[PolicyFinding]:
        """Remediate the resource's inputs, then evaluate the policies on the result, as the engine does."""
        assert self._analyzer is not None
        owner = self._news.get(resource.provider.rpartition("::")[0])
        found = []
        for policy, trouble in self._analyzer.remediate(resource, owner):
            if trouble:
                found.append(PolicyFinding(policy, "advisory", trouble, resource.urn))
            else:
                self.remediated.append(f"{policy} remediated {resource.urn}")
        return found + self._analyzer.analyze(resource, owner)

    def _finish(self) -> list[str]:
        """Delete what is no longer declared, then check the policies of the whole stack."""
        try:
            self.deployment.finish()
        except SandboxError as error:
            return [str(error)]
        if self._analyzer and not self.deployment.kept:  # the engine asks only after steps without an error
            found = self._analyzer.analyze_stack(list(self._news.values()), self._news)
            self.deployment.findings += [
                replace(one, level="mandatory") if one.level == "remediate" else one for one in found
            ]
        return []
