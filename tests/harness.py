"""Runs a Pulumi program with a recording engine, and returns the resources as plain data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.settings import get_root_resource, reset_options
from pulumi.runtime.stack import Stack

from sandbox.engine import urns
from sandbox.engine.runner import omit_source_positions

REGION, ACCOUNT = "eu-west-1", "111122223333"
MASTER_SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1-AbCdEf"

# Outputs that AWS would add: only those that the program reads.
OUTPUTS: dict[str, dict[str, Any]] = {
    "aws:rds/instance:Instance": {
        "address": "db.internal",
        "port": 5432,
        "endpoint": "db.internal:5432",
        "resourceId": "db-RESOURCE",
        "masterUserSecrets": [{"secretArn": MASTER_SECRET_ARN}],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "cache.internal",
        "memberClusters": ["cache-001", "cache-002"],
    },
    "aws:acm/certificate:Certificate": {
        "domainValidationOptions": [
            {
                "domainName": "api.example.com",
                "resourceRecordName": "_x.api.example.com",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_y.acm-validations.aws",
            }
        ]
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "dnsName": "alb.internal",
        "zoneId": "ZALB",
        "arnSuffix": "app/alb/0123456789abcdef",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "targetgroup/gateway/0123456789abcdef"},
    "aws:ecs/taskDefinition:TaskDefinition": {"revision": 1},
    "aws:ec2/eip:Eip": {"allocationId": "eipalloc-1"},
    "aws:ec2/vpc:Vpc": {"defaultSecurityGroupId": "sg-default", "defaultRouteTableId": "rtb-default"},
}
LOOKUPS: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Registered:
    """A resource as it was registered: camelCase inputs, with secrets unwrapped."""

    type: str
    name: str
    urn: str
    parent: str
    provider: str
    protect: bool
    inputs: dict[str, Any] = field(repr=False)
    secrets: frozenset[str]
    depends_on: frozenset[str] = frozenset()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other URNs by which the state may know it."""

    def __getitem__(self, key: str) -> Any:
        return self.inputs[key]

    @property
    def id(self) -> str:
        """The id that the recording engine gave it."""
        return f"{self.name}-id"

    @property
    def arn(self) -> str:
        """The ARN that the recording engine gave it."""
        return _arn(self.type, self.name)

    def document(self, key: str) -> Any:
        """The parsed JSON text of one input: a policy, a trust document, container definitions."""
        return json.loads(self.inputs[key])


@dataclass(frozen=True)
class Deployment:
    """The resources of one run, and the resolved outputs of the program."""

    resources: list[Registered]
    result: Any
    exports: dict[str, Any] = field(default_factory=dict)
    secret_exports: frozenset[str] = frozenset()

    def all(self, type_: str) -> list[Registered]:
        """The resources of one type, by full token or by its last part (``Instance``)."""
        return [r for r in self.resources if type_ in (r.type, r.type.rsplit(":", 1)[1])]

    def only(self, type_: str) -> Registered:
        """The one resource of its type."""
        (found,) = self.all(type_)
        return found

    def named(self, name: str, type_: str | None = None) -> Registered:
        """The one resource with this logical name (and type, where several share the name)."""
        (found,) = (r for r in self.resources if r.name == name and (type_ is None or r in self.all(type_)))
        return found


class _Mocks(Mocks):
    def __init__(self, lookups: Mapping[str, Any]) -> None:
        self.lookups = lookups

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        named = {"arn": _arn(args.typ, args.name), "name": args.name}
        outputs = named | args.inputs | OUTPUTS.get(args.typ, {})
        if args.typ == "aws:kms/key:Key":
            outputs["keyId"] = f"{args.name}-id"
        if args.typ == "aws:ecr/repository:Repository":
            outputs["repositoryUrl"] = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{args.inputs['name']}"
        if args.typ in (
            "random:index/randomPassword:RandomPassword",
            "random:index/randomString:RandomString",
        ):
            outputs["result"] = rpc.wrap_rpc_secret((args.name.encode().hex() * 64)[:64])
        if args.typ == "random:index/randomInteger:RandomInteger":
            outputs["result"] = args.inputs["min"]
        return f"{args.name}-id", outputs

    def call(self, args: MockCallArgs) -> Any:
        if args.token not in self.lookups:
            raise AssertionError(f"unexpected lookup {args.token}: pass the value in instead")
        return self.lookups[args.token]


class _Recorder(MockMonitor):
    """Records what ``Mocks`` does not see, and raises the errors of a real engine."""

    def __init__(self, lookups: Mapping[str, Any]) -> None:
        super().__init__(_Mocks(lookups))
        self.seen: dict[str, Registered] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine's URN, with the types of all parents."""
        chain = parent.split("::")[2] if parent else ""
        chain = "" if chain in ("", "pulumi:pulumi:Stack") else f"{chain}$"
        return f"urn:pulumi:test::strongroom::{chain}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        response = super().RegisterResource(request)
        if request.type == "pulumi:pulumi:Stack":
            return response
        assert response.urn not in self.seen, f"duplicate resource {response.urn}"
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        self.seen[response.urn] = Registered(
            type=request.type,
            name=request.name,
            urn=response.urn,
            parent=request.parent,
            provider=request.provider,
            protect=request.protect,
            inputs={key: _plain(value) for key, value in inputs.items()},
            secrets=frozenset(key for key, value in inputs.items() if _holds_secret(value)),
            depends_on=frozenset(request.dependencies),
            property_dependencies={k: tuple(v.urns) for k, v in request.propertyDependencies.items()},
            ignore_changes=tuple(request.ignoreChanges),
            aliases=self._aliases(request),
        )
        return response

    def _aliases(self, request: Any) -> tuple[str, ...]:
        """Every other URN of the resource, its parent's aliases included, as the engine finds them."""
        # Resources are registered from several threads; the parent is always registered before.
        parent = self.seen.get(request.parent)
        parents = {request.parent: list(parent.aliases)} if parent else {}
        return tuple(urns.aliases(request, "test", "strongroom", parents))


def deploy(
    program: Callable[[], Any], *, preview: bool = False, lookups: Mapping[str, Any] = LOOKUPS
) -> Deployment:
    """Run ``program`` to its end; an exception in it, or in an ``apply``, is raised here."""
    omit_source_positions()
    reset_options()  # the root stack is global: exports and transforms would affect later tests
    recorder = _Recorder(lookups)
    pulumi.runtime.set_mocks(recorder.mocks, "strongroom", "test", preview, monitor=recorder)
    results: list[dict[str, Any]] = []

    @pulumi.runtime.test
    def run() -> Any:
        value = program()
        root = get_root_resource()
        exports: dict[str, Any] = dict(root.outputs) if isinstance(root, Stack) else {}
        hidden = {key: pulumi.Output.from_input(item).is_secret() for key, item in exports.items()}
        return pulumi.Output.unsecret(pulumi.Output.all(result=value, exports=exports, hidden=hidden)).apply(
            results.append
        )

    run()
    (found,) = results or [{"result": None, "exports": {}, "hidden": {}}]
    hidden = frozenset(key for key, secret in found["hidden"].items() if secret)
    return Deployment(list(recorder.seen.values()), found["result"], found["exports"], hidden)


def _arn(type_: str, name: str) -> str:
    service = type_.split(":")[1].split("/")[0] if type_.count(":") == 2 else "test"
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def _holds_secret(value: Any) -> bool:
    if rpc.is_rpc_secret(value):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_holds_secret(item) for item in inner)


def _plain(value: Any) -> Any:
    """Secrets unwrapped at every depth; numbers that travelled as floats back to int."""
    if rpc.is_rpc_secret(value):
        value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
