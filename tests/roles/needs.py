"""Derives what a role must be allowed to do from the resources of a stack: action, resource, context."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from settings import Settings
from settings.names import Names
from tests.harness import Deployment, Registered
from tests.roles import tables

LINKED: dict[str, tuple[str, ...]] = {
    "accessanalyzer/analyzer:Analyzer": ("access-analyzer",),
    "appautoscaling/target:Target": ("ecs.application-autoscaling",),
    "autoscaling/group:Group": ("autoscaling",),
    "backup/restoreTestingPlan:RestoreTestingPlan": ("restore-testing.backup",),
    "backup/selection:Selection": ("backup",),
    "cfg/recorder:Recorder": ("config",),
    "ecs/cluster:Cluster": ("ecs",),
    "elasticache/replicationGroup:ReplicationGroup": ("elasticache",),
    "guardduty/detector:Detector": ("guardduty", "malware-protection.guardduty"),
    "inspector2/enabler:Enabler": ("inspector2", "agentless.inspector2"),
    "lb/loadBalancer:LoadBalancer": ("elasticloadbalancing",),
    "rds/instance:Instance": ("rds",),
    "ssm/maintenanceWindowTask:MaintenanceWindowTask": ("ssm",),
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ("wafv2",),
}
"""The service-linked roles that AWS creates with the caller's permissions, with the first of each type.

Source: the page on service-linked roles in the guide of each service.
"""


@dataclass(frozen=True, order=True)
class Need:
    """One request that a role makes."""

    action: str
    resource: str
    why: str
    """The resource type and handler, or the command."""
    context: tuple[tuple[str, str], ...] = ()


def key_arn(names: Names, name: str, region: str | None = None) -> str:
    """The ARN of a key of the stack, by its resource name."""
    return f"arn:aws:kms:{region or names.region}:{names.account_id}:key/{name}"


def arn_of_key(names: Names, key: Registered) -> str:
    """The ARN of a recorded key, in its own region."""
    return key_arn(names, key.name, key.inputs.get("region"))


class Resolver:
    """Gives resources of a recorded stack the ARNs that they will have in AWS."""

    def __init__(self, settings: Settings, deployment: Deployment) -> None:
        names = settings.names
        self._names, self._deployment = names, deployment
        self._region, self._account = names.region, names.account_id
        self._roles = {one.arn: one["name"] for one in deployment.all("aws:iam/role:Role")}
        keys = deployment.all("aws:kms/key:Key")
        self._keys = {text: arn_of_key(names, one) for one in keys for text in (one.arn, one.id)}
        self._buckets = {one.name: one["bucket"] for one in deployment.all("aws:s3/bucket:Bucket")}

    def resources(self, action: str, one: Registered) -> Iterator[str]:
        """The ARNs on which AWS checks the action for this resource; ``*`` where it has no resource type."""
        kinds = tables.resource_types(action)
        service = action.split(":")[0]
        if not kinds:
            yield "*"
        elif action == "iam:PassRole":
            yield from (self._role(self._roles[arn]) for arn in self._mentioned(one, self._roles))
        elif service in _PRECISE:
            yield from _PRECISE[service](self, one, kinds)
        else:
            yield self._arn(service, one.type.rpartition(":")[2])  # no grant tells them apart

    def _arn(self, service: str, what: str) -> str:
        return f"arn:aws:{service}:{self._region}:{self._account}:{what}"

    def _role(self, name: str) -> str:
        return f"arn:aws:iam::{self._account}:role/{name}"

    @staticmethod
    def _mentioned(one: Registered, among: Collection[str]) -> list[str]:
        text = json.dumps(one.inputs, default=str)
        return sorted(arn for arn in among if f'"{arn}"' in text or f'\\"{arn}\\"' in text)

    def _iam(self, one: Registered, kinds: tuple[str, ...]) -> Iterator[str]:
        base = f"arn:aws:iam::{self._account}"
        type_ = one.type.rpartition(":")[2]
        if type_ == "OpenIdConnectProvider":
            yield f"{base}:oidc-provider/{one['url'].removeprefix('https://')}"
        elif type_ == "Policy":
            yield f"{base}:policy/{one['name']}"
        elif type_ == "InstanceProfile" and "instance-profile" in kinds:
            yield f"{base}:instance-profile/{one['name']}"
        elif not one.type.startswith("aws:iam/"):
            yield from (self._role(self._roles[arn]) for arn in self._mentioned(one, self._roles))
        else:
            given = one.inputs
            yield self._role(given.get("roleName") or given.get("role") or given["name"])

    def _kms(self, one: Registered, kinds: tuple[str, ...]) -> Iterator[str]:
        if one.type.endswith(":Alias"):
            if "alias" in kinds:
                region = one.inputs.get("region") or self._region
                yield f"arn:aws:kms:{region}:{self._account}:{one['name']}"
            yield self._keys[str(one["targetKeyId"])]
        elif one.type.endswith(":Key"):
            yield arn_of_key(self._names, one)
        else:
            arns = {arn: key for arn, key in self._keys.items() if arn.startswith("arn:")}
            yield from (arns[arn] for arn in self._mentioned(one, arns))

    def _secrets(self, one: Registered, kinds: tuple[str, ...]) -> Iterator[str]:
        if one.type.endswith("rds/instance:Instance"):
            yield self._arn("secretsmanager", "secret:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf")
            return
        name = one.inputs.get("name")
        if name is None:
            given = str(one.inputs.get("secretId") or one.inputs["secretArn"])
            secrets = self._deployment.all("aws:secretsmanager/secret:Secret")
            name = next(each["name"] for each in secrets if given in (each.id, each.arn))
        yield self._arn("secretsmanager", f"secret:{name}-AbCdEf")

    def _ssm(self, one: Registered, kinds: tuple[str, ...]) -> Iterator[str]:
        type_ = one.type.rpartition(":")[2]
        whole = {
            "MaintenanceWindow": "maintenancewindow/mw-1",
            "PatchBaseline": "patchbaseline/pb-1",
            "PatchGroup": "patchbaseline/pb-1",
        }
        if type_ in ("MaintenanceWindowTarget", "MaintenanceWindowTask"):
            yield self._arn("ssm", "maintenancewindow/mw-1")
            part = {"MaintenanceWindowTarget": "windowtarget", "MaintenanceWindowTask": "windowtask"}[type_]
            if part in kinds:
                yield self._arn("ssm", f"{part}/1")
        elif type_ == "Parameter":
            yield self._names.parameter_arn(one["name"])
        elif type_ == "Document":
            yield self._names.document_arn(one["name"])
        elif type_ in whole:
            yield self._arn("ssm", whole[type_])

    def _s3(self, one: Registered, kinds: tuple[str, ...]) -> Iterator[str]:
        bucket = one.inputs.get("bucket")
        if bucket is None:
            return
        bucket = self._buckets.get(str(bucket).removesuffix("-id"), bucket)
        if "bucket" in kinds:
            yield f"arn:aws:s3:::{bucket}"
        if "object" in kinds:
            yield f"arn:aws:s3:::{bucket}/AWSLogs/x"

    def _lambda(self, one: Registered, kinds: tuple[str, ...]) -> Iterator[str]:
        functions = self._deployment.all("aws:lambda/function:Function")
        given = one.inputs.get("function") or one.inputs.get("functionName") or one.inputs.get("name")
        mentioned = self._mentioned(one, {each.arn for each in functions})
        for each in functions:
            if each.arn in mentioned or given in (each["name"], each.id):
                yield self._arn("lambda", f"function:{each['name']}")


_PRECISE: dict[str, Callable[[Resolver, Registered, tuple[str, ...]], Iterator[str]]] = {
    "iam": Resolver._iam,
    "kms": Resolver._kms,
    "lambda": Resolver._lambda,
    "s3": Resolver._s3,
    "secretsmanager": Resolver._secrets,
    "ssm": Resolver._ssm,
}
"""Services whose resources the roles name; everything else the update role manages on ``*``."""


def needs(
    settings: Settings,
    deployment: Deployment,
    handlers: Collection[str],
    without: Collection[str] = (),
) -> set[Need]:
    """What the provider asks for when these handlers run for every resource, except of types ``without``."""
    resolver = Resolver(settings, deployment)
    found: set[Need] = set()
    for one in deployment.resources:
        type_ = one.type.removeprefix("aws:")
        if one.type.startswith("aws:") and type_ not in without:
            for handler in handlers:
                for action in actions_of(type_, handler):
                    found |= set(_needs_of(resolver, settings, one, type_, handler, action))
    return found


@cache
def actions_of(type_: str, handler: str) -> frozenset[str]:
    """What a handler calls: by the provider's source, the schema, and AWS's dependent actions of both."""
    own = set(tables.provider_calls()[type_].get(handler, ()))
    more = set(tables.schema_calls().get(type_, {}).get(handler, ()))
    more |= {other for action in own for other in tables.dependent_actions().get(action, ())}
    excused = tables.not_called()
    return frozenset(own | {one for one in more if not _excused(excused, type_, one)})


def _excused(excused: Collection[str], type_: str, action: str) -> bool:
    asked = f"{type_} {action}"
    return any(fnmatchcase(asked, pattern) for pattern in excused) or not tables.exists(action)


def _needs_of(
    resolver: Resolver, settings: Settings, one: Registered, type_: str, handler: str, action: str
) -> Iterable[Need]:
    why = f"{type_} {handler}"
    if action == "iam:CreateServiceLinkedRole":
        for service in LINKED.get(type_, ()):
            name = f"{service}.amazonaws.com"
            role = settings.names.role_arn(f"aws-service-role/{name}/AWSServiceRoleForIt")
            yield Need(action, role, why, (("iam:AWSServiceName", name),))
        return
    elsewhere = one.inputs.get("region")
    context: list[tuple[str, str]] = [("aws:RequestedRegion", elsewhere)] if elsewhere else []
    if action.startswith("kms:") and not type_.startswith("kms/"):
        context += _of_key(settings, type_, elsewhere or settings.names.region)
    for resource in resolver.resources(action, one):
        yield Need(action, resource, why, tuple(context))


def _of_key(settings: Settings, type_: str, region: str) -> tuple[tuple[str, str], ...]:
    """What KMS is told when a service uses a key for the caller."""
    names, service = settings.names, type_.partition("/")[0]
    context = [
        ("kms:ViaService", f"{service}.{region}.amazonaws.com"),
        ("kms:GrantIsForAWSResource", "true"),
    ]
    if service == "lambda":
        function = f"arn:aws:lambda:{names.region}:{names.account_id}:function:{names.prefix}-x"
        context.append(("kms:EncryptionContext:aws:lambda:FunctionArn", function))
    return tuple(context)


def unmet(wanted: Collection[Need], allows: Callable[[str, str, dict[str, Any]], bool]) -> list[str]:
    """The needs that a role is not allowed, one line each."""
    asked = {(one.action, one.resource, one.context) for one in wanted}
    refused = {request for request in asked if not allows(request[0], request[1], dict(request[2]))}
    return sorted(
        f"{one.action} on {one.resource} ({one.why})"
        for one in wanted
        if (one.action, one.resource, one.context) in refused
    )
