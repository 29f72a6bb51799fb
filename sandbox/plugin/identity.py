"""Tells the engine what a plugin is, and takes its configuration."""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Iterable
from typing import Any

import boto3
import botocore.session
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb
from typing_extensions import override

from sandbox import validation
from sandbox.engine import urns
from sandbox.plugin.messages import comparable, read
from sandbox.provider import diff
from sandbox.provider.calls import Aws, Context
from sandbox.provider.configuration import Configuration, decode
from sandbox.provider.rows import Inputs
from sandbox.redaction import texts_in


class Identity(provider_pb2_grpc.ResourceProviderServicer):
    """One package's provider without its resources."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self.configuration = Configuration()
        self._aws: Aws | None = None

    def context(self, urn: str = "", inputs: Inputs | None = None, secret: Iterable[str] = ()) -> Context:
        """Account and region of a resource; no error text contains the inputs named ``secret``."""
        if self._aws is None:
            core = botocore.session.Session()
            validation.install(core)
            session = boto3.Session(region_name=self.region, botocore_session=core)
            account = session.client("sts").get_caller_identity()["Account"]
            self.configuration.check_account(account)
            self._aws = Aws(session, account, self.region)
        given = inputs or {}
        hidden = tuple(text for key in secret for text in texts_in(given.get(key)) if text)
        region = given.get("region") or self.region
        name = urns.name_of(urn) if urn else ""
        return Context(self._aws, urn, name, region, self.configuration.default_tags, hidden)

    @property
    def _version(self) -> str:
        return importlib.metadata.version(f"pulumi-{self.package}")

    @override
    def Handshake(self, request: Any, context: Any) -> Any:
        return pb.ProviderHandshakeResponse(accept_secrets=True, accept_resources=False, accept_outputs=False)

    @override
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    @override
    def GetSchema(self, request: Any, context: Any) -> Any:
        return pb.GetSchemaResponse(schema=json.dumps({"name": self.package, "version": self._version}))

    @override
    def GetMapping(self, request: Any, context: Any) -> Any:
        return pb.GetMappingResponse()

    @override
    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    @override
    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

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
        return pb.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=False)
