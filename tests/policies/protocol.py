"""Sends requests to the pack's process as the engine does: one per resource, one per stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from tests.policies.judge import PROVIDER, UNKNOWN, Entry

PACK = Path(__file__).resolve().parents[2] / "policies"
LEVELS = {0: "advisory", 1: "mandatory", 2: "disabled", 3: "remediate"}
_LARGE = [("grpc.max_receive_message_length", 1 << 29), ("grpc.max_send_message_length", 1 << 29)]


@dataclass(frozen=True)
class Found:
    """One diagnostic."""

    policy: str
    level: str
    urn: str
    message: str


class Pack:
    """A running pack."""

    def __init__(self, stub: Any, config: Mapping[str, Any]) -> None:
        self.stub = stub
        self.info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        request = pb.ConfigureAnalyzerRequest()
        for policy in self.info.policies:
            request.policyConfig[policy.name].enforcementLevel = policy.enforcementLevel
            request.policyConfig[policy.name].properties.update(config.get(policy.name, {}))
        stub.Configure(request)

    def analyze(self, urn: str, entry: Entry) -> list[Found]:
        """The diagnostics for one resource."""
        return _found(self.stub.Analyze(request(urn, entry)))

    def analyze_stack(self, entries: Mapping[str, Entry]) -> list[Found]:
        """The diagnostics for the whole stack."""
        return _found(self.stub.AnalyzeStack(stack_request(entries)))

    def remediate(self, urn: str, entry: Entry, secrets: frozenset[str]) -> Any:
        """The remediations of a resource whose secret properties are given."""
        sent = request(urn, entry)
        for key in secrets:
            sent.properties[key] = {rpc._special_sig_key: rpc._special_secret_sig, "value": entry.props[key]}
        return self.stub.Remediate(sent)


def request(urn: str, entry: Entry) -> pb.AnalyzeRequest:
    """The request for one resource."""
    return pb.AnalyzeRequest(
        type=entry.type,
        urn=urn,
        name=urn.rpartition("::")[2],
        properties=_struct(entry.props),
        options=pb.AnalyzerResourceOptions(protect=entry.protect, ignoreChanges=entry.ignore_changes),
        provider=pb.AnalyzerProviderResource(type="pulumi:providers:aws", properties=_struct(PROVIDER)),
    )


def stack_request(entries: Mapping[str, Entry]) -> pb.AnalyzeStackRequest:
    """The request for a whole stack."""
    return pb.AnalyzeStackRequest(
        resources=[
            pb.AnalyzerResource(
                type=entry.type,
                urn=urn,
                name=urn.rpartition("::")[2],
                properties=_struct(entry.props),
                options=pb.AnalyzerResourceOptions(protect=entry.protect),
                parent=entry.parent,
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns) for key, urns in entry.needs.items()
                },
            )
            for urn, entry in entries.items()
        ]
    )


@contextmanager
def served(
    *,
    stack: str = "test",
    preview: bool = True,
    config: Mapping[str, Any] | None = None,
    production: bool = True,
) -> Iterator[Pack]:
    """Start the pack as the engine does."""
    environment = json.dumps({"name": stack, "production": production})
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(PACK)],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PULUMI_PROJECT": "strongroom",
            "PULUMI_STACK": stack,
            "PULUMI_DRY_RUN": str(preview).lower(),
            "PULUMI_CONFIG": json.dumps({"strongroom:environment": environment}),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    try:
        assert process.stdout is not None
        with grpc.insecure_channel(
            f"127.0.0.1:{process.stdout.readline().strip()}", options=_LARGE
        ) as channel:
            yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel), config or {})
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({key: _wire(value) for key, value in values.items() if value is not None})
    return struct


def _wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _wire(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else UNKNOWN


def _found(response: Any) -> list[Found]:
    return [
        Found(one.policyName, LEVELS[one.enforcementLevel], one.urn, one.message)
        for one in response.diagnostics
    ]
