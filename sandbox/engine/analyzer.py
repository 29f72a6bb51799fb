"""Asks the policy pack, in its own process and over the engine's protocol, about resources and the stack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.sync_await import _ensure_event_loop

from sandbox.config import StackConfig
from sandbox.engine import policy_requests
from sandbox.engine.model import STACK_TYPE, Policy, PolicyFinding, Resource
from sandbox.engine.policy_process import PolicyProcess
from sandbox.engine.wire import unwrap

REMEDIATE = 3
LEVELS = {0: "advisory", 1: "mandatory", 2: "disabled", REMEDIATE: "remediate"}


class Analyzer:
    """One running pack: ``with Analyzer(...) as analyzer: analyzer.analyze(resource)``."""

    def __init__(
        self,
        pack: Path,
        config: StackConfig,
        *,
        preview: bool,
        policy_config: Mapping[str, Any] | None = None,
        root: Path,
    ) -> None:
        self._config, self._preview, self._policy_config = config, preview, policy_config or {}
        self._process = PolicyProcess(pack, config, preview=preview, root=root)
        self._configured = False
        self._levels: dict[str, int] = {}
        self._requirements: dict[str, tuple[str, ...]] = {}
        self.policies: list[Policy] = []
        """The policies of the pack, once it was asked."""

    def __enter__(self) -> Analyzer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def _configure(self) -> None:
        """Send the pack its stack and configuration once; the first call waits until it has started."""
        if self._configured:
            return
        stub = self._process.stub
        info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        stub.ConfigureStack(policy_requests.stack(self._config, preview=self._preview))
        request = pb.ConfigureAnalyzerRequest()
        by_level = {name: number for number, name in LEVELS.items()}
        for policy in info.policies:
            given = self._policy_config.get(policy.name, self._policy_config.get("all", {}))
            settings = {"enforcementLevel": given} if isinstance(given, str) else dict(given)
            level = by_level.get(str(settings.pop("enforcementLevel", "")), int(policy.enforcementLevel))
            self._levels[policy.name] = level
            self._requirements[policy.name] = tuple(policy.tags)
            self.policies.append(_policy(policy))
            request.policyConfig[policy.name].enforcementLevel = level  # type: ignore[assignment]
            request.policyConfig[policy.name].properties.update(settings)
        stub.Configure(request)
        self._configured = True

    @property
    def remediates(self) -> bool:
        """Whether any policy remediates; otherwise the engine need not ask."""
        self._configure()
        return REMEDIATE in self._levels.values()

    def analyze(self, resource: Resource, provider: Resource | None) -> list[PolicyFinding]:
        """The pack's violations for one resource before it is created."""
        answer = self._ask("Analyze", policy_requests.before(resource, provider))
        return [self._finding(diagnostic, resource.urn) for diagnostic in answer.diagnostics]

    def remediate(self, resource: Resource, provider: Resource | None) -> list[tuple[str, str]]:
        """Let the pack remediate the resource's inputs in place; return (policy, problem) for each."""
        if not self.remediates:
            return []
        _ensure_event_loop()
        done = []
        for change in self._ask("Remediate", policy_requests.before(resource, provider)).remediations:
            if not change.diagnostic:
                changed = rpc.deserialize_properties(change.properties, keep_unknowns=True)
                resource.inputs, resource.secret = unwrap(changed)
            done.append((change.policyName, change.diagnostic))
        return done

    def analyze_stack(
        self, resources: list[Resource], providers: Mapping[str, Resource]
    ) -> list[PolicyFinding]:
        """The pack's violations for the whole stack, by its outputs at the end."""
        answer = self._ask("AnalyzeStack", policy_requests.after(resources, providers))
        # As the engine does, a finding about no resource in particular names the stack.
        stack = next((one.urn for one in resources if one.type == STACK_TYPE), "")
        return [self._finding(diagnostic, stack) for diagnostic in answer.diagnostics]

    def _ask(self, method: str, request: Any) -> Any:
        self._configure()
        return self._process.ask(method, request)

    def _finding(self, diagnostic: Any, urn: str) -> PolicyFinding:
        level = LEVELS[diagnostic.enforcementLevel]
        return PolicyFinding(
            diagnostic.policyName,
            level,
            diagnostic.message,
            diagnostic.urn or urn,
            self._requirements.get(diagnostic.policyName, ()),
        )


def _policy(info: Any) -> Policy:
    severity = pb.PolicySeverity.Name(info.severity).rpartition("_")[2].lower()
    return Policy(
        info.name,
        info.description,
        info.remediation_steps,
        severity if severity != "unspecified" else "",
    )
