"""Asks the real policy pack, in its own process and over the engine's protocol, about everything."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi.runtime.sync_await import _ensure_event_loop

from sandbox.config import StackConfig
from sandbox.engine.model import PolicyFinding, Resource
from sandbox.engine.monitor import unwrap
from sandbox.engine.runner import ORGANIZATION

REMEDIATE = 3
LEVELS = {0: "advisory", 1: "mandatory", 2: "disabled", REMEDIATE: "remediate"}
START_SECONDS = 60
MAX_MESSAGE = 400 * 1024 * 1024
SECRET = {rpc._special_sig_key: rpc._special_secret_sig}


class PackBroken(Exception):
    """The pack did not start or does not answer."""


def _wire(value: Any) -> Any:
    if isinstance(value, Unknown):
        return rpc.UNKNOWN
    if isinstance(value, dict):
        kept = {str(key): item for key, item in value.items() if not _is_asset(item)}
        return {key: _wire(item) for key, item in kept.items()}
    if isinstance(value, list | tuple):
        return [_wire(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _is_asset(value: Any) -> bool:
    return isinstance(value, pulumi.Asset | pulumi.Archive)


def _struct(values: Mapping[str, Any], secret: Iterable[str]) -> struct_pb2.Struct:
    """The engine's form: unknowns as its sentinel, secrets in clear inside a marked object."""
    hidden = set(secret)
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if key.startswith("__") or _is_asset(value) or value is None:
            continue
        sent = _wire(value)
        struct[key] = {**SECRET, "value": sent} if key in hidden else sent
    return struct


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
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
            "PULUMI_ORGANIZATION": ORGANIZATION,
            "PULUMI_PROJECT": config.project,
            "PULUMI_STACK": config.stack,
            "PULUMI_DRY_RUN": str(preview).lower(),
            "PULUMI_CONFIG": json.dumps(config.texts()),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack.resolve())],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=root,
            text=True,
        )
        self._stub: Any = None
        self._levels: dict[str, int] = {}

    def __enter__(self) -> Analyzer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def _connect(self) -> Any:
        """The pack starts while the caller does other work; the first question waits for it."""
        if self._stub is None:
            options = [
                ("grpc.max_receive_message_length", MAX_MESSAGE),
                ("grpc.max_send_message_length", MAX_MESSAGE),
            ]
            channel = grpc.insecure_channel(f"127.0.0.1:{self._port()}", options=options)
            self._stub = analyzer_pb2_grpc.AnalyzerStub(channel)
            self._configure(self._stub)
        return self._stub

    def _port(self) -> str:
        out = self._process.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], START_SECONDS)
        line = out.readline().strip() if ready else ""
        if not line.isdigit():
            self._process.terminate()
            said = self._process.stderr.read().strip().splitlines() if self._process.stderr else []
            raise PackBroken(
                "the policy pack did not start: " + "\n".join(said[-15:] or [line or "no answer"])
            )
        return line

    def _configure(self, stub: Any) -> None:
        self.info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        stub.ConfigureStack(
            pb.AnalyzerStackConfigureRequest(
                stack=self._config.stack,
                project=self._config.project,
                organization=ORGANIZATION,
                dry_run=self._preview,
                config=self._config.texts(),
                config_secret_keys=sorted(self._config.secret_keys),
            )
        )
        request = pb.ConfigureAnalyzerRequest()
        by_level = {name: number for number, name in LEVELS.items()}
        for policy in self.info.policies:
            given = self._policy_config.get(policy.name, self._policy_config.get("all", {}))
            settings = {"enforcementLevel": given} if isinstance(given, str) else dict(given)
            level = by_level.get(str(settings.pop("enforcementLevel", "")), int(policy.enforcementLevel))
            self._levels[policy.name] = level
            request.policyConfig[policy.name].enforcementLevel = level  # type: ignore[assignment]
            request.policyConfig[policy.name].properties.update(settings)
        stub.Configure(request)

    def analyze(self, resource: Resource, provider: Resource | None) -> list[PolicyFinding]:
        """What the pack says about one resource before it exists."""
        answer = self._ask("Analyze", self._request(resource, provider))
        return [self._finding(diagnostic, resource.urn) for diagnostic in answer.diagnostics]

    def remediate(self, resource: Resource, provider: Resource | None) -> list[tuple[str, str]]:
        """Let the pack mend the resource's inputs in place; answers (policy, trouble or empty) for each."""
        if not self.remediates:
            return []
        _ensure_event_loop()
        done = []
        for change in self._ask("Remediate", self._request(resource, provider)).remediations:
            if not change.diagnostic:
                mended = rpc.deserialize_properties(change.properties, keep_unknowns=True)
                resource.inputs, resource.secret = unwrap(mended)
            done.append((change.policyName, change.diagnostic))
        return done

    @cached_property
    def remediates(self) -> bool:
        """Whether any policy is set to mend; the engine's question is wasted otherwise."""
        self._connect()
        return REMEDIATE in self._levels.values()

    def analyze_stack(
        self, resources: list[Resource], providers: Mapping[str, Resource]
    ) -> list[PolicyFinding]:
        """What the pack says about the whole, by outputs, as it is at the end."""
        request = pb.AnalyzeStackRequest()
        for resource in resources:
            dependencies = {
                key: pb.AnalyzerPropertyDependencies(urns=urns)
                for key, urns in resource.property_dependencies.items()
                if urns
            }
            owner = providers.get(resource.provider.rpartition("::")[0])
            request.resources.append(
                pb.AnalyzerResource(
                    type=resource.type,
                    urn=resource.urn,
                    name=resource.name,
                    properties=_struct(resource.outputs, resource.hidden),
                    options=_options(resource),
                    provider=_provider(owner),
                    parent=resource.parent,
                    dependencies=resource.dependencies,
                    propertyDependencies=dependencies,
                )
            )
        answer = self._ask("AnalyzeStack", request)
        return [self._finding(diagnostic, diagnostic.urn) for diagnostic in answer.diagnostics]

    def _request(self, resource: Resource, provider: Resource | None) -> Any:
        return pb.AnalyzeRequest(
            type=resource.type,
            urn=resource.urn,
            name=resource.name,
            properties=_struct(resource.inputs, resource.secret),
            options=_options(resource),
            provider=_provider(provider),
        )

    def _ask(self, method: str, request: Any) -> Any:
        stub = self._connect()
        try:
            return getattr(stub, method)(request)
        except grpc.RpcError as error:
            details = error.details() if isinstance(error, grpc.Call) else str(error)
            raise PackBroken(f"the policy pack failed in {method}: {details}") from None

    @staticmethod
    def _finding(diagnostic: Any, urn: str) -> PolicyFinding:
        level = LEVELS[diagnostic.enforcementLevel]
        return PolicyFinding(diagnostic.policyName, level, diagnostic.message, diagnostic.urn or urn)


def _provider(owner: Resource | None) -> Any:
    if owner is None:
        return None
    properties = _struct(owner.inputs, owner.secret)
    return pb.AnalyzerProviderResource(urn=owner.urn, type=owner.type, name=owner.name, properties=properties)


def _options(resource: Resource) -> Any:
    return pb.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=resource.delete_before_replace,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        parent=resource.parent,
    )
