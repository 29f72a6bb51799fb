"""The sandbox's table behind the real provider protocol, so that the real CLI needs no AWS account.

``python -m sandbox.provider.plugin install DIR`` writes ``pulumi-resource-aws`` and
``pulumi-resource-random`` into a directory to put on PATH; they talk to the emulated AWS that
``AWS_ENDPOINT_URL`` names.
It has no defaults of the real provider and only the table's own rules for what replaces; it says so on start.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import shlex
import sys
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import boto3
import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await
from typing_extensions import override

from sandbox.engine import diff, urns
from sandbox.engine.plugins import decode
from sandbox.provider import lookups as functions
from sandbox.provider import provider
from sandbox.provider import random_values as randoms
from sandbox.provider.calls import Aws, Context, SandboxError
from sandbox.provider.rows import ROWS, Inputs

PACKAGES = ("aws", "random")
ROOT = Path(__file__).resolve().parents[2]
MAX_MESSAGE = 400 * 1024 * 1024
SIGNATURE = "4dabf18193072939515e22adb298388d"
ASSETS = ("c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7")
LIMITS = (
    "sandbox plugin: no defaults of the real provider, and only the sandbox's own rules for what replaces"
)


def install(folder: Path) -> Path:
    """Write the two plugins into ``folder``; put it first on PATH. Answers the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        path = folder / f"pulumi-resource-{package}"
        words = [sys.executable, "-u", "-m", "sandbox.provider.plugin", package]
        line = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.join(words)} "$@"'
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
    return folder


def _read(struct: Any) -> Inputs:
    """A message's properties, secrets unwrapped, unknown values as such."""
    _ensure_event_loop()
    found = rpc.deserialize_properties(struct, keep_unknowns=True)
    return {key: rpc.unwrap_rpc_secret(value) for key, value in found.items()}


def _write(values: Inputs) -> Any:
    _ensure_event_loop()
    kept = {key: value for key, value in values.items() if value is not None and not _is_asset(value)}
    return _sync_await(rpc.serialize_properties(kept, {}))


def _is_asset(value: Any) -> bool:
    return type(value).__module__.startswith("pulumi.asset")


def _comparable(struct: Any) -> Inputs:
    """Properties for a comparison: archives by the engine's own hash, so that old ones need not exist."""

    def simple(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get(SIGNATURE) in ASSETS:
                return {"hash": value.get("hash")}
            return {key: simple(item) for key, item in value.items()}
        if isinstance(value, list):
            return [simple(item) for item in value]
        return Unknown() if value == rpc.UNKNOWN else value

    return {key: simple(value) for key, value in json_format.MessageToDict(struct).items()}


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """One package's provider."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self.tags: dict[str, str] = {}
        self.allowed: list[str] = []
        self._aws: Aws | None = None

    def _context(self, urn: str = "", inputs: Inputs | None = None) -> Context:
        if self._aws is None:
            session = boto3.Session(region_name=self.region)
            account = session.client("sts").get_caller_identity()["Account"]
            if self.allowed and account not in self.allowed:
                raise SandboxError(f"AWS account ID not allowed: {account}")
            self._aws = Aws(session, account, self.region)
        given = inputs or {}
        hidden = tuple(value for value in given.values() if isinstance(value, str) and len(value) > 5)
        region = given.get("region") or self.region
        name = urns.name_of(urn) if urn else ""
        return Context(self._aws, urn, name, region, self.tags, hidden if self.package == "random" else ())

    # ---- what the plugin is
    @override
    def Handshake(self, request: Any, context: Any) -> Any:
        return pb.ProviderHandshakeResponse(
            accept_secrets=False, accept_resources=False, accept_outputs=False
        )

    @override
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=importlib.metadata.version(f"pulumi-{self.package}"))

    @override
    def GetSchema(self, request: Any, context: Any) -> Any:
        version = importlib.metadata.version(f"pulumi-{self.package}")
        return pb.GetSchemaResponse(schema=json.dumps({"name": self.package, "version": version}))

    @override
    def GetMapping(self, request: Any, context: Any) -> Any:
        return pb.GetMappingResponse()

    @override
    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    @override
    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    # ---- its configuration
    @override
    def CheckConfig(self, request: Any, context: Any) -> Any:
        return pb.CheckResponse(inputs=request.news)

    @override
    def DiffConfig(self, request: Any, context: Any) -> Any:
        changed = diff.changed(_comparable(request.old_inputs), _comparable(request.news))
        some = pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(changes=some, diffs=changed)

    @override
    def Configure(self, request: Any, context: Any) -> Any:
        config = decode(_read(request.args))
        self.region = config.get("region") or self.region
        self.tags = (config.get("defaultTags") or {}).get("tags") or {}
        self.allowed = [str(account) for account in config.get("allowedAccountIds") or []]
        return pb.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    # ---- its resources
    @override
    def Check(self, request: Any, context: Any) -> Any:
        if self.package != "aws":
            return pb.CheckResponse(inputs=request.news)
        token = urns.type_of(request.urn)
        given = {key: value for key, value in _read(request.news).items() if not _is_asset(value)}
        old = {key: value for key, value in _comparable(request.olds).items() if isinstance(value, str)}
        checked = provider.check(token, self._context(request.urn, given), given, old)
        added = {key: value for key, value in checked.items() if given.get(key) != value}
        answer = pb.CheckResponse(inputs=request.news)
        answer.inputs.MergeFrom(_write(added))
        return answer

    @override
    def Diff(self, request: Any, context: Any) -> Any:
        old, new = _comparable(request.old_inputs), _comparable(request.news)
        token = urns.type_of(request.urn)
        if self.package == "random":
            changed = diff.changed(old, new)
            change = diff.Change(changed, changed)
        else:
            change = provider.compare(token, old, new)
        if change.unsupported:
            raise SandboxError(
                f"the sandbox does not know how to change {', '.join(change.unsupported)} of {token}"
            )
        named = ROWS[token].name if token in ROWS else ""
        first = change.delete_first or bool(named and change.replace and old.get(named) == new.get(named))
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if change else pb.DiffResponse.DIFF_NONE,
            diffs=change.changed,
            replaces=change.replace,
            deleteBeforeReplace=first,
        )

    @override
    def Create(self, request: Any, context: Any) -> Any:
        if request.preview:
            return pb.CreateResponse(id="", properties=request.properties)
        token, inputs = urns.type_of(request.urn), _read(request.properties)
        if self.package == "random":
            id_, outputs = randoms.create(token, inputs)
        else:
            id_, outputs = provider.create(token, self._context(request.urn, inputs), inputs)
        return pb.CreateResponse(id=id_, properties=_write(outputs))

    @override
    def Update(self, request: Any, context: Any) -> Any:
        token, new = urns.type_of(request.urn), _read(request.news)
        outputs, old = _read(request.olds), _read(request.old_inputs)
        if request.preview:
            unknown = dict.fromkeys(provider.find(token).volatile.split(), rpc.UNKNOWN)
            return pb.UpdateResponse(properties=_write({**outputs, **new, **unknown}))
        done = provider.update(token, self._context(request.urn, new), request.id, old, outputs, new)
        return pb.UpdateResponse(properties=_write(done))

    @override
    def Delete(self, request: Any, context: Any) -> Any:
        if self.package == "aws":
            outputs, inputs = _read(request.properties), _read(request.old_inputs)
            where = self._context(request.urn, inputs)
            provider.delete(urns.type_of(request.urn), where, request.id, inputs, outputs)
        return empty_pb2.Empty()

    @override
    def Read(self, request: Any, context: Any) -> Any:
        """A refresh keeps what the state says; only a resource without a state is looked up."""
        known = _read(request.properties)
        if not known and self.package == "aws":
            known = provider.read(urns.type_of(request.urn), self._context(request.urn), request.id)
        return pb.ReadResponse(id=request.id, properties=_write(known), inputs=request.inputs)

    @override
    def Invoke(self, request: Any, context: Any) -> Any:
        answer = functions.answer(self._context(), request.tok, _read(request.args))
        return pb.InvokeResponse(**{"return": _write(answer)})


class _Errors(grpc.ServerInterceptor):
    """What goes wrong reaches the engine as one plain sentence."""

    def intercept_service(self, continuation: Callable[[Any], Any], handler_call_details: Any) -> Any:
        handler = continuation(handler_call_details)
        if handler is None or not handler.unary_unary:
            return handler
        work = handler.unary_unary

        def guarded(request: Any, context: Any) -> Any:
            try:
                return work(request, context)
            except SandboxError as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
            except Exception as error:
                context.abort(
                    grpc.StatusCode.INTERNAL, f"{type(error).__name__} in the sandbox's plugin: {error}"
                )

        return grpc.unary_unary_rpc_method_handler(
            guarded, handler.request_deserializer, handler.response_serializer
        )


def serve(package: str) -> None:
    """Serve until the engine ends the process; its first line is the port."""
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(16), interceptors=[_Errors()], options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(package), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    print(LIMITS, file=sys.stderr, flush=True)
    server.wait_for_termination()


def main() -> None:
    """``aws`` and ``random`` serve; ``install DIR`` writes the wrappers."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.provider.plugin", description=LIMITS)
    parser.add_argument("what", choices=(*PACKAGES, "install"))
    parser.add_argument("rest", nargs="*", help="the engine's address, or the directory to install into")
    options = parser.parse_args()
    if options.what == "install":
        print(install(Path(options.rest[0])))
    else:
        serve(options.what)


if __name__ == "__main__":
    main()
