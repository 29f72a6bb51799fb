"""Publishes the deploy contract: the versioned facts that application pipelines read, none of them secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ssm

from components.options import child_of
from settings.names import Names

CONTRACT_VERSION = 1

# Increase it with every change of these facts that a reader could notice.
COMMON: Mapping[str, type] = {
    "contractVersion": int,
    "environment": str,
    "region": str,
    "accountId": str,
    "vpcId": str,
    "secretArns": dict,
    "logGroups": dict,
    "alarmTopicArn": str,
    "dashboardUrl": str,
    "databaseEndpoint": str,
}
CONTAINERS: Mapping[str, type] = {
    "clusterName": str,
    "services": dict,
    "oneOffTasks": dict,
    "albDnsName": str,
    "apiUrl": str,
}
HOST: Mapping[str, type] = {
    "instanceTag": dict,
    "deployDocument": dict,
    "updateDocument": dict,
    "parameterPath": str,
    "appDir": str,
    "repositoryUrl": str,
    "siteUrl": str,
    "sessionLogGroup": str,
}
SERVICES = "services"
SERVICES_IN_A_PARAMETER = 15
"""With more services each has a parameter of its own: 8,192 bytes are about 20 services."""
OPTIONAL: Mapping[str, type] = {"deployRoleArn": str, "redisEndpoint": str}
"""Facts of optional parts of a stack: the GitHub repository, the cache."""
ABSENT_WITHOUT_PART = frozenset({"databaseEndpoint", "albDnsName", "apiUrl"})
"""Facts of a shape that only a stack with a database, or with a load balancer, has."""


def shape(platform: Mapping[str, type]) -> Mapping[str, type]:
    """The facts that stacks of a platform publish, with the type of each."""
    return {**COMMON, **platform}


@dataclass(frozen=True, kw_only=True)
class DeployContractArgs:
    """The facts, taken from the stack's components."""

    names: Names
    platform: Mapping[str, type]
    """The facts of this platform besides the common ones: ``CONTAINERS`` or ``HOST``."""
    facts: Mapping[str, pulumi.Input[Any] | None]
    """All facts but the version and the stack's own names; None for an optional part that the stack lacks."""


class DeployContract(pulumi.ComponentResource):
    """Stores each fact as a String parameter, so that a pipeline needs no access to the Pulumi state."""

    facts: dict[str, pulumi.Output[Any]]
    """The same facts, to be exported as stack outputs."""

    def __init__(
        self, name: str, args: DeployContractArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("strongroom:index:Contract", name, None, opts)
        names = args.names
        facts: dict[str, pulumi.Input[Any]] = {
            "contractVersion": CONTRACT_VERSION,
            "environment": names.environment,
            "region": names.region,
            "accountId": names.account_id,
            **{key: fact for key, fact in args.facts.items() if fact is not None},
        }
        known = set(shape(args.platform))
        needed = known - ABSENT_WITHOUT_PART
        if wrong := (needed - set(facts)) | (set(facts) - known - set(OPTIONAL)):
            raise ValueError(f"deploy contract: facts missing or not declared: {', '.join(sorted(wrong))}")
        for key, fact in _in_parameters(facts).items():
            ssm.Parameter(
                f"{name}-{key.replace('/', '-')}",
                name=f"/{names.prefix}/{names.environment}/deploy/{key}",
                description=f"Deploy contract {CONTRACT_VERSION}: {key}, as JSON",
                type="String",
                # A contract with many services exceeds the 4 KB of the standard tier.
                tier="Intelligent-Tiering",
                # Not `value`: Pulumi always treats that one as secret, and previews should show these facts.
                insecure_value=pulumi.Output.json_dumps(fact, sort_keys=True, separators=(",", ":")),
                opts=child_of(self),
            )
        self.facts = {key: pulumi.Output.from_input(fact) for key, fact in facts.items()}
        self.register_outputs(self.facts)


def service_parameters(services: Iterable[str]) -> tuple[str, ...]:
    """The names of the parameters of ``services``: one for all, or one for each where there are many."""
    names = tuple(services)
    if len(names) <= SERVICES_IN_A_PARAMETER:
        return (SERVICES,)
    return tuple(f"{SERVICES}/{name}" for name in names)


def _in_parameters(facts: Mapping[str, pulumi.Input[Any]]) -> dict[str, Any]:
    """The facts by the names of their parameters."""
    services = facts.get(SERVICES)
    if not isinstance(services, Mapping) or len(services) <= SERVICES_IN_A_PARAMETER:
        return dict(facts)
    rest = {key: fact for key, fact in facts.items() if key != SERVICES}
    return rest | dict(zip(service_parameters(services), services.values(), strict=True))
