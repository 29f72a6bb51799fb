"""Runs a checkout's policy pack, in its own process, on every recorded resource and the whole stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

LEVELS = {0: "advisory", 1: "mandatory", 2: "disabled", 3: "remediate"}
LARGE = [("grpc.max_receive_message_length", 1 << 29), ("grpc.max_send_message_length", 1 << 29)]


def findings(
    checkout: Path,
    stack: str,
    *,
    preview: bool,
    declared: Mapping[str, Mapping[str, Any]],
    judged: Mapping[str, Mapping[str, Any]],
    config: Mapping[str, str],
) -> list[dict[str, str]]:
    """Every violation that the pack reports, sorted."""
    environment = {
        **os.environ,
        "PULUMI_PROJECT": "strongroom",
        "PULUMI_STACK": stack,
        "PULUMI_DRY_RUN": str(preview).lower(),
        "PULUMI_CONFIG": json.dumps(dict(config)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    given = subprocess.run(
        [sys.executable, "-m", "settings.policy_config", "--stack", stack],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(checkout / "policies")]
    with subprocess.Popen(
        command, cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=LARGE) as channel:
                stub = analyzer_pb2_grpc.AnalyzerStub(channel)
                _configure(stub, json.loads(given.stdout))
                return _ask(stub, declared, judged)
        finally:
            process.terminate()


def _configure(stub: Any, config: Mapping[str, Any]) -> None:
    request = pb.ConfigureAnalyzerRequest()
    for policy in stub.GetAnalyzerInfo(empty_pb2.Empty()).policies:
        request.policyConfig[policy.name].enforcementLevel = policy.enforcementLevel
        request.policyConfig[policy.name].properties.update(config.get(policy.name, {}))
    stub.Configure(request)


def _ask(stub: Any, declared: Mapping[str, Any], judged: Mapping[str, Any]) -> list[dict[str, str]]:
    found: list[Any] = []
    resources = []
    for urn, one in declared.items():
        if "type" not in one:
            continue
        provider_urn = one["provider"].rpartition("::")[0]
        inputs = judged[urn]["inputs"]
        options = pb.AnalyzerResourceOptions(protect=one["protect"], ignoreChanges=one["ignoreChanges"])
        provider = pb.AnalyzerProviderResource(
            type=declared[provider_urn]["type"] if provider_urn in declared else "",
            properties=_struct(judged.get(provider_urn, {}).get("inputs", {})),
            urn=provider_urn,
        )
        if one["custom"]:
            request = pb.AnalyzeRequest(
                type=one["type"],
                urn=urn,
                name=one["name"],
                properties=_struct(inputs),
                options=options,
                provider=provider if provider_urn else None,
            )
            found += stub.Analyze(request).diagnostics
        resources.append(
            pb.AnalyzerResource(
                type=one["type"],
                urn=urn,
                name=one["name"],
                properties=_struct({**inputs, **judged[urn]["outputs"]}),
                options=options,
                provider=provider if provider_urn else None,
                parent=one["parent"],
                dependencies=one["dependencies"],
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in one["propertyDependencies"].items()
                },
            )
        )
    found += stub.AnalyzeStack(pb.AnalyzeStackRequest(resources=resources)).diagnostics
    rows = [
        {
            "policy": one.policyName,
            "level": LEVELS[one.enforcementLevel],
            "urn": one.urn,
            "message": one.message,
        }
        for one in found
    ]
    return sorted(rows, key=lambda row: tuple(row.values()))


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(
        {key: _wire(value) for key, value in values.items() if value is not None and not _file(value)}
    )
    return struct


def _file(value: Any) -> bool:
    return isinstance(value, pulumi.Asset | pulumi.Archive)


def _wire(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        inner = _wire(rpc.unwrap_rpc_secret(value))
        return {rpc._special_sig_key: rpc._special_secret_sig, "value": inner}
    if isinstance(value, pulumi.output.Unknown):
        return rpc.UNKNOWN
    if isinstance(value, dict):
        return {key: _wire(inner) for key, inner in value.items() if not _file(inner)}
    if isinstance(value, list | tuple):
        return [_wire(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
