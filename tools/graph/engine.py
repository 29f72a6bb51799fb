"""Implements a resource monitor that records every request and answers it with fixed outputs."""

from __future__ import annotations

from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks

ACCOUNT = "111122223333"
SECRET, UNKNOWN = "[secret]", "[unknown]"
# Outputs that AWS would add and that the program reads.
OUTPUTS: dict[str, dict[str, Any]] = {
    "aws:rds/instance:Instance": {
        "address": "db.internal",
        "port": 5432,
        "endpoint": "db.internal:5432",
        "resourceId": "db-RESOURCE",
        "masterUserSecrets": [
            {"secretArn": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:rds!db-1-AbCdEf"}
        ],
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
    "aws:ssm/document:Document": {"latestVersion": "1"},
}
PASSWORDS = ("random:index/randomPassword:RandomPassword", "random:index/randomString:RandomString")


def lookups(region: str, application: str) -> dict[str, dict[str, Any]]:
    """Responses to the program's lookups."""
    image = {"id": "ami-0123456789abcdef0", "value": "ami-0123456789abcdef0"}
    return {
        "aws:index/getCallerIdentity:getCallerIdentity": {
            "accountId": ACCOUNT,
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{application}-pulumi-up/recorder",
        },
        "aws:index/getAvailabilityZones:getAvailabilityZones": {
            "names": [f"{region}{letter}" for letter in "abc"],
            "zoneIds": ["az1", "az2", "az3"],
        },
        "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": "pl-s3"},
        "aws:ssm/getParameter:getParameter": image,
        "aws:ec2/getAmi:getAmi": image,
        "aws:resourcegroupstaggingapi/getResources:getResources": {"resourceTagMappingLists": []},
        "aws:ssm/getParametersByPath:getParametersByPath": {
            "names": [],
            "values": [],
            "arns": [],
            "types": [],
        },
    }


class _Answers(Mocks):
    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        self.answers = answers

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        service = args.typ.split(":")[1].split("/")[0] if args.typ.count(":") == 2 else "test"
        named = {"arn": f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{args.name}", "name": args.name}
        outputs = named | args.inputs | OUTPUTS.get(args.typ, {})
        if args.typ == "aws:kms/key:Key":
            outputs["keyId"] = f"{args.name}-id"
        if args.typ == "aws:ecr/repository:Repository":
            outputs["repositoryUrl"] = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/{args.inputs['name']}"
        if args.typ in PASSWORDS:
            outputs["result"] = rpc.wrap_rpc_secret((args.name.encode().hex() * 64)[:64])
        return f"{args.name}-id", outputs

    def call(self, args: MockCallArgs) -> Any:
        if args.token not in self.answers:
            raise AssertionError(f"tools/graph/engine.py has no response for the lookup {args.token}")
        return self.answers[args.token]


class Engine(MockMonitor):
    """Records each registered resource as plain data, by URN."""

    def __init__(self, stack: str, answers: dict[str, dict[str, Any]]) -> None:
        super().__init__(_Answers(answers))
        self.stack = stack
        self.declared: dict[str, dict[str, Any]] = {}
        self.judged: dict[str, dict[str, Any]] = {}
        """Inputs and outputs as a policy pack receives them, by URN."""

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the engine builds it, with the types of all parents."""
        chain = parent.split("::")[2] if parent else ""
        chain = "" if chain in ("", "pulumi:pulumi:Stack") else f"{chain}$"
        return f"urn:pulumi:{self.stack}::strongroom::{chain}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        """Record the request, then answer it as the base class does."""
        response = super().RegisterResource(request)
        if request.type == "pulumi:pulumi:Stack":
            return response
        if response.urn in self.declared:
            raise AssertionError(f"registered twice: {response.urn}")
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        outputs = rpc.deserialize_properties(response.object, keep_unknowns=True) if response.object else {}
        self.judged[response.urn] = {
            "inputs": inputs,
            "outputs": {**outputs, "id": response.id} if request.custom else {},
        }
        self.declared[response.urn] = {
            "type": request.type,
            "name": request.name,
            "custom": request.custom,
            "parent": request.parent,
            "provider": request.provider,
            "protect": request.protect,
            "retainOnDelete": request.retainOnDelete,
            "deleteBeforeReplace": request.deleteBeforeReplace,
            "ignoreChanges": sorted(request.ignoreChanges),
            "replaceOnChanges": sorted(request.replaceOnChanges),
            "additionalSecretOutputs": sorted(request.additionalSecretOutputs),
            "timeouts": {
                key: value
                for key in ("create", "update", "delete")
                if (value := getattr(request.customTimeouts, key))
            },
            "dependencies": sorted(request.dependencies),
            "propertyDependencies": {
                key: sorted(value.urns) for key, value in request.propertyDependencies.items() if value.urns
            },
            "aliases": [alias(one) for one in request.aliases],
            "secrets": sorted(secret_paths(inputs)),
            "inputs": plain(inputs),
        }
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        """Record the outputs of a component, or of the stack."""
        outputs = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        found = self.declared.get(request.urn)
        if found is not None:
            found["registeredOutputs"] = plain(outputs)
        else:
            self.declared["outputs"] = {"secrets": sorted(secret_paths(outputs)), "inputs": plain(outputs)}
        return empty_pb2.Empty()


def alias(one: Any) -> dict[str, Any] | str:
    """An alias as the program wrote it: a URN, or the parts that differ."""
    if one.urn:
        return one.urn
    spec = one.spec
    parts = {"name": spec.name, "type": spec.type, "parent": spec.parentUrn, "noParent": spec.noParent}
    return {key: value for key, value in parts.items() if value}


def secret_paths(value: Any, path: str = "") -> list[str]:
    """The paths of the secrets in ``value``."""
    if rpc.is_rpc_secret(value):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [
        found for key, inner in items for found in secret_paths(inner, f"{path}.{key}" if path else str(key))
    ]


def plain(value: Any) -> Any:
    """``value`` without secrets, unknowns and files, as JSON can represent it."""
    if rpc.is_rpc_secret(value):
        return SECRET
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, pulumi.AssetArchive):
        return {"archive": plain(dict(value.assets))}
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return {type(value).__name__: str(getattr(value, "path", getattr(value, "text", "")))}
    return int(value) if isinstance(value, float) and value.is_integer() else value
