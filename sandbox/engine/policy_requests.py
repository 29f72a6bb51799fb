"""Builds the engine's requests to a policy pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from sandbox.config import StackConfig
from sandbox.engine.model import Resource
from sandbox.engine.runner import ORGANIZATION
from sandbox.engine.wire import to_analyzer


def stack(config: StackConfig, *, preview: bool) -> Any:
    """ConfigureStack: name and configuration of the stack."""
    return pb.AnalyzerStackConfigureRequest(
        stack=config.stack,
        project=config.project,
        organization=ORGANIZATION,
        dry_run=preview,
        config=config.texts(),
        config_secret_keys=sorted(config.secret_keys),
    )


def before(resource: Resource, provider: Resource | None) -> Any:
    """Analyze and Remediate: one resource by its inputs, before it is created."""
    return pb.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=to_analyzer(resource.inputs, resource.secret),
        options=_options(resource),
        provider=_provider(provider),
    )


def after(resources: list[Resource], providers: Mapping[str, Resource]) -> Any:
    """AnalyzeStack: every resource by its outputs, at the end."""
    request = pb.AnalyzeStackRequest()
    for resource in resources:
        dependencies = {
            key: pb.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in resource.property_dependencies.items()
            if urns
        }
        owner = providers.get(resource.provider.rpartition("::")[0])
        request.resources.append(
            pb.AnalyzerResource(
                type=resource.type,
                urn=resource.urn,
                name=resource.name,
                properties=to_analyzer(resource.outputs, resource.hidden),
                options=_options(resource),
                provider=_provider(owner),
                parent=resource.parent,
                dependencies=resource.dependencies,
                propertyDependencies=dependencies,
            )
        )
    return request


def _provider(owner: Resource | None) -> Any:
    if owner is None:
        return None
    properties = to_analyzer(owner.inputs, owner.secret)
    return pb.AnalyzerProviderResource(urn=owner.urn, type=owner.type, name=owner.name, properties=properties)


def _options(resource: Resource) -> Any:
    return pb.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=resource.delete_before_replace,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        parent=resource.parent,
    )
