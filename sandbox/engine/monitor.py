"""Implements the engine's resource monitor: sees whole requests, and answers them from a deployment."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, _resolve_callbacks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await
from typing_extensions import override

from sandbox.engine import urns
from sandbox.engine.deployment import Deployment
from sandbox.engine.model import PROVIDER_PREFIX, STACK_TYPE, Resource
from sandbox.engine.wire import to_program, unwrap
from sandbox.provider import lookups, reading
from sandbox.provider.calls import SandboxError


class _Nothing(Mocks):
    """No mocks: the base class requires them, and every request is answered before."""

    @override
    def call(self, args: MockCallArgs) -> Any:
        raise AssertionError(args.token)

    @override
    def new_resource(self, args: MockResourceArgs) -> Any:
        raise AssertionError(args.typ)


class Monitor(MockMonitor):
    """The resource monitor of one run."""

    def __init__(
        self,
        deployment: Deployment,
        stack: str,
        project: str,
        *,
        disabled_defaults: list[str],
        references: Mapping[str, Mapping[str, Any]],
    ) -> None:
        super().__init__(_Nothing())
        self.deployment, self.stack, self.project = deployment, stack, project
        self.disabled_defaults, self.references = disabled_defaults, references
        self.outputs: dict[str, Any] = {}
        self.failures: list[str] = []
        self._lock = threading.RLock()

    @override
    def make_urn(self, parent: str, type_: str, name: str) -> str:
        return urns.make(self.stack, self.project, parent, type_, name)

    @override
    def RegisterResource(self, request: Any) -> Any:
        _ensure_event_loop()
        with self._lock:
            try:
                return self._register(request)
            except SandboxError as error:
                self.failures.append(str(error))
                raise pulumi.RunError(str(error)) from None

    def _register(self, request: Any) -> Any:
        goal = self._goal(request)
        done = self.deployment.register(goal)
        if not done.custom:
            return resource_pb2.RegisterResourceResponse(urn=done.urn, object=request.object)
        self.resources[done.urn] = MockMonitor.ResourceRegistration(done.urn, done.id, done.outputs)
        return resource_pb2.RegisterResourceResponse(urn=done.urn, id=done.id, object=to_program(done))

    def _goal(self, request: Any) -> Resource:
        raw = rpc.deserialize_properties(request.object, keep_unknowns=True)
        raw = self._transform(request, raw)
        inputs, secret = unwrap(raw)
        parents = {urn: resource.aliases for urn, resource in self.deployment.news.items()}
        found = urns.aliases(request, self.stack, self.project, parents) if parents or request.aliases else []
        return Resource(
            urn=self.make_urn(request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=inputs,
            secret=secret,
            dependencies=list(request.dependencies),
            property_dependencies={k: list(v.urns) for k, v in request.propertyDependencies.items()},
            provider=self._provider(request),
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            delete_before_replace=request.deleteBeforeReplace,
            ignore_changes=list(request.ignoreChanges),
            replace_on_changes=list(request.replaceOnChanges),
            additional_secret_outputs=list(request.additionalSecretOutputs),
            aliases=found,
            import_id=request.importId,
        )

    def _provider(self, request: Any) -> str:
        """The explicit provider, or the package's default one, registered as the engine does."""
        if request.provider or not request.custom or request.type.startswith(PROVIDER_PREFIX):
            return request.provider
        package = request.type.partition(":")[0]
        if package in self.disabled_defaults:
            raise SandboxError(
                f"Default provider for '{package}' disabled. '{request.type}' must use an explicit provider."
            )
        name = "default" + (f"_{request.version.replace('.', '_')}" if request.version else "")
        type_ = f"{PROVIDER_PREFIX}{package}"
        urn = urns.make(self.stack, self.project, "", type_, name)
        if urn not in self.deployment.news:
            inputs = {"version": request.version} if request.version else {}
            self.deployment.register(Resource(urn=urn, type=type_, name=name, inputs=inputs))
        return f"{urn}::{self.deployment.news[urn].id}"

    def _transform(self, request: Any, props: dict[str, Any]) -> dict[str, Any]:
        """Apply the resource's own transforms, then the stack's, in the engine's order."""
        for transform in [*_resolve_callbacks(request.transforms), *self._stack_transforms]:
            options = pulumi.ResourceOptions(protect=request.protect)
            args = pulumi.ResourceTransformArgs(
                custom=request.custom, type_=request.type, name=request.name, props=props, opts=options
            )
            done: Any = transform(args)
            if done is not None:
                sent = _sync_await(rpc.serialize_properties(done.props, {}))
                props = rpc.deserialize_properties(sent, keep_unknowns=True)
        return props

    @override
    def ReadResource(self, request: Any) -> Any:
        """Answer ``Resource.get`` and stack references."""
        _ensure_event_loop()
        given = rpc.deserialize_properties(request.properties)
        urn = self.make_urn(request.parent, request.type, request.name)
        resource = Resource(
            urn=urn, type=request.type, name=request.name, parent=request.parent, inputs=given, external=True
        )
        try:
            outputs = self._read(resource, request, given)
        except SandboxError as error:
            self.failures.append(str(error))
            raise pulumi.RunError(str(error)) from None
        resource.id, resource.outputs = request.id, outputs
        self.deployment.news[urn] = resource
        return resource_pb2.ReadResourceResponse(urn=urn, properties=to_program(resource))

    def _read(self, resource: Resource, request: Any, given: dict[str, Any]) -> dict[str, Any]:
        if request.type == "pulumi:pulumi:StackReference":
            if given["name"] not in self.references:
                raise SandboxError(f"unknown stack {given['name']!r}")
            return {"name": given["name"], "outputs": self.references[given["name"]], "secretOutputNames": []}
        resource.provider = request.provider
        context = self.deployment.plugins.aws_plugin.context(resource)
        found = reading.imported(request.type, context, request.id, given)
        if found is None:
            raise SandboxError(f"{request.type}: there is no resource {request.id}")
        return found.outputs

    @override
    def Invoke(self, request: Any) -> Any:
        _ensure_event_loop()
        if request.tok == "pulumi:pulumi:getResource":
            return super().Invoke(request)
        given = rpc.deserialize_properties(request.args)
        holder = Resource(urn="", type="", name="", provider=request.provider)
        try:
            context = self.deployment.plugins.aws_plugin.context(holder)
            answer = lookups.answer(context, request.tok, given)
        except SandboxError as error:
            self.failures.append(str(error))
            raise pulumi.RunError(str(error)) from None
        returned = _sync_await(rpc.serialize_properties(answer, {}))
        fields: dict[str, Any] = {"return": returned}  # a keyword of Python
        return resource_pb2.ResourceInvokeResponse(**fields)

    @override
    def RegisterResourceOutputs(self, request: Any) -> Any:
        outputs, secret = unwrap(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        resource = self.deployment.news.get(request.urn)
        if resource is not None:
            resource.outputs = outputs
            if resource.type == STACK_TYPE:
                resource.secret = secret
                self.outputs = outputs
        return empty_pb2.Empty()
