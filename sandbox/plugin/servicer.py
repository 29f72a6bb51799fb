"""Answers the engine's requests to the provider of one package, from the provider table."""

from __future__ import annotations

import importlib.metadata
import json
import os
from typing import Any

import boto3
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb
from typing_extensions import override

from sandbox.engine import urns
from sandbox.plugin.messages import comparable, is_asset, read, write
from sandbox.provider import check_diff, diff, lookups, provider, random_values
from sandbox.provider import types as types  # registers the rows
from sandbox.provider.calls import Aws, Context, SandboxError
from sandbox.provider.configuration import Configuration, decode
from sandbox.provider.rows import ROWS, Inputs, find


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """One package's provider."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self.configuration = Configuration()
        self._aws: Aws | None = None

    def _context(self, urn: str = "", inputs: Inputs | None = None) -> Context:
        if self._aws is None:
            session = boto3.Session(region_name=self.region)
            account = session.client("sts").get_caller_identity()["Account"]
            self.configuration.check_account(account)
            self._aws = Aws(session, account, self.region)
        given = inputs or {}
        region = given.get("region") or self.region
        name = urns.name_of(urn) if urn else ""
        tags = self.configuration.default_tags
        secrets = [value for value in given.values() if isinstance(value, str) and len(value) > 5]
        hidden = tuple(secrets) if self.package == "random" else ()
        return Context(self._aws, urn, name, region, tags, hidden)

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
        changed = diff.changed(comparable(request.old_inputs), comparable(request.news))
        some = pb.DiffResponse.DIFF_SOME if changed else pb.DiffResponse.DIFF_NONE
        return pb.DiffResponse(changes=some, diffs=changed)

    @override
    def Configure(self, request: Any, context: Any) -> Any:
        self.configuration = Configuration.of(decode(read(request.args)))
        self.region = self.configuration.region or self.region
        return pb.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    # ---- its resources
    @override
    def Check(self, request: Any, context: Any) -> Any:
        if self.package != "aws":
            return pb.CheckResponse(inputs=request.news)
        token = urns.type_of(request.urn)
        given = {key: value for key, value in read(request.news).items() if not is_asset(value)}
        old = {key: value for key, value in comparable(request.olds).items() if isinstance(value, str)}
        checked = check_diff.check(token, self._context(request.urn, given), given, old)
        added = {key: value for key, value in checked.items() if given.get(key) != value}
        answer = pb.CheckResponse(inputs=request.news)
        answer.inputs.MergeFrom(write(added))
        return answer

    @override
    def Diff(self, request: Any, context: Any) -> Any:
        old, new = comparable(request.old_inputs), comparable(request.news)
        token = urns.type_of(request.urn)
        if self.package == "random":
            changed = diff.changed(old, new)
            change = diff.Change(changed, changed)
        else:
            change = check_diff.compare(token, old, new)
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
        token, inputs = urns.type_of(request.urn), read(request.properties)
        if self.package == "random":
            id_, outputs = random_values.create(token, inputs)
        else:
            id_, outputs = provider.create(token, self._context(request.urn, inputs), inputs)
        return pb.CreateResponse(id=id_, properties=write(outputs))

    @override
    def Update(self, request: Any, context: Any) -> Any:
        token, new = urns.type_of(request.urn), read(request.news)
        outputs, old = read(request.olds), read(request.old_inputs)
        if request.preview:
            unknown = dict.fromkeys(find(token).volatile.split(), rpc.UNKNOWN)
            return pb.UpdateResponse(properties=write({**outputs, **new, **unknown}))
        done = provider.update(token, self._context(request.urn, new), request.id, old, outputs, new)
        return pb.UpdateResponse(properties=write(done))

    @override
    def Delete(self, request: Any, context: Any) -> Any:
        if self.package == "aws":
            outputs, inputs = read(request.properties), read(request.old_inputs)
            where = self._context(request.urn, inputs)
            provider.delete(urns.type_of(request.urn), where, request.id, inputs, outputs)
        return empty_pb2.Empty()

    @override
    def Read(self, request: Any, context: Any) -> Any:
        """Read keeps the state as it is; only a resource without a state is looked up."""
        known = read(request.properties)
        if not known and self.package == "aws":
            known = provider.read(urns.type_of(request.urn), self._context(request.urn), request.id)
        return pb.ReadResponse(id=request.id, properties=write(known), inputs=request.inputs)

    @override
    def Invoke(self, request: Any, context: Any) -> Any:
        answer = lookups.answer(self._context(), request.tok, read(request.args))
        return pb.InvokeResponse(**{"return": write(answer)})
