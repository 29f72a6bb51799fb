"""Answers the engine's requests about the resources of one package, from the provider table."""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as pb
from typing_extensions import override

from sandbox.engine import urns
from sandbox.plugin.identity import Identity
from sandbox.plugin.messages import changed, comparable, is_asset, read, secrets_in, write
from sandbox.provider import check_diff, diff, lookups, provider, random_values, reading
from sandbox.provider import types as types  # registers the rows
from sandbox.provider.calls import SandboxError
from sandbox.provider.reading import Found
from sandbox.provider.rows import find


class Plugin(Identity):
    """One package's provider."""

    def _secret(self, token: str, *structs: Any) -> set[str]:
        """Properties to mark: what the messages mark already, and what is secret in this type by nature."""
        if self.package == "random":
            return secrets_in(*structs) | random_values.SECRET.get(token.rpartition(":")[2], set())
        return secrets_in(*structs) | set(find(token).secret.split())

    @override
    def Check(self, request: Any, context: Any) -> Any:
        if self.package != "aws":
            return pb.CheckResponse(inputs=request.news)
        token, secret = urns.type_of(request.urn), secrets_in(request.news)
        given = {key: value for key, value in read(request.news).items() if not is_asset(value)}
        old = {key: value for key, value in comparable(request.olds).items() if isinstance(value, str)}
        where = self.context(request.urn, given, secret)
        checked = check_diff.check(token, where, given, old, request.randomSeed.hex())
        answer = pb.CheckResponse(inputs=changed(request.news, given, checked, secret))
        if marks := checked.get(check_diff.DEFAULTED):
            answer.inputs.update({check_diff.DEFAULTED: marks})
        return answer

    @override
    def Diff(self, request: Any, context: Any) -> Any:
        old, new = comparable(request.old_inputs), comparable(request.news)
        token = urns.type_of(request.urn)
        if self.package == "random":
            differs = diff.changed(old, new)
            change = diff.Change(differs, differs)
        else:
            change = check_diff.compare(token, old, new)
        if change.unsupported:
            raise SandboxError(
                f"the sandbox does not know how to change {', '.join(change.unsupported)} of {token}"
            )
        kinds = {key: _kind(key in old, key in new, key in change.replace) for key in change.changed}
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME if change else pb.DiffResponse.DIFF_NONE,
            diffs=change.changed,
            replaces=change.replace,
            deleteBeforeReplace=change.delete_first,
            detailedDiff=kinds,
            hasDetailedDiff=True,
        )

    @override
    def Create(self, request: Any, context: Any) -> Any:
        token, inputs = urns.type_of(request.urn), read(request.properties)
        secret = self._secret(token, request.properties)
        if request.preview:
            return pb.CreateResponse(id="", properties=write(inputs, secret, request.properties))
        if self.package == "random":
            id_, outputs = random_values.create(token, inputs)
        else:
            id_, outputs = provider.create(token, self.context(request.urn, inputs, secret), inputs)
        return pb.CreateResponse(id=id_, properties=write(outputs, secret, request.properties))

    @override
    def Update(self, request: Any, context: Any) -> Any:
        token, new = urns.type_of(request.urn), read(request.news)
        outputs, old = read(request.olds), read(request.old_inputs)
        secret = self._secret(token, request.news, request.olds)
        if request.preview:
            kept = {key: value for key, value in outputs.items() if key not in old or key in new}
            unknown = dict.fromkeys(find(token).volatile.split(), rpc.UNKNOWN)
            done = {**kept, **new, **unknown}
        else:
            where = self.context(request.urn, new, secret)
            done = provider.update(token, where, request.id, old, outputs, new)
        return pb.UpdateResponse(properties=write(done, secret, request.news))

    @override
    def Delete(self, request: Any, context: Any) -> Any:
        if self.package == "aws":
            outputs, inputs = read(request.properties), read(request.old_inputs)
            where = self.context(request.urn, inputs, secrets_in(request.old_inputs))
            provider.delete(urns.type_of(request.urn), where, request.id, inputs, outputs)
        return empty_pb2.Empty()

    @override
    def Read(self, request: Any, context: Any) -> Any:
        """A refresh where the engine sends inputs, else an import; no id means that there is no resource."""
        if self.package != "aws":
            return pb.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        token = urns.type_of(request.urn)
        inputs, outputs = read(request.inputs), read(request.properties)
        secret = self._secret(token, request.inputs, request.properties)
        where = self.context(request.urn, {**outputs, **inputs}, secret)
        if inputs:
            found = reading.refresh(token, where, request.id, inputs, outputs)
        else:
            found = reading.imported(token, where, request.id, outputs)
        return pb.ReadResponse() if found is None else self._found(request, found, secret)

    def _found(self, request: Any, found: Found, secret: set[str]) -> Any:
        inputs = changed(request.inputs, read(request.inputs), found.inputs, secret)
        properties = write(found.outputs, secret, request.properties)
        return pb.ReadResponse(id=found.id, properties=properties, inputs=inputs)

    @override
    def Invoke(self, request: Any, context: Any) -> Any:
        answer = lookups.answer(self.context(), request.tok, read(request.args))
        return pb.InvokeResponse(**{"return": write(answer)})


def _kind(before: bool, after: bool, replaces: bool) -> Any:
    """What happens to one property: added, deleted or updated, with or without a replacement."""
    kind = "UPDATE" if before and after else "ADD" if after else "DELETE"
    name = f"{kind}_REPLACE" if replaces else kind
    return pb.PropertyDiff(kind=pb.PropertyDiff.Kind.Value(name), inputDiff=True)
