"""Constructs the platform of one host: parameters, sessions, patches, the host, parameter updates."""

from __future__ import annotations

import pulumi

from components.data import Database
from components.delivery import HOST, Delivery, Pipeline, host_rights
from components.edge import Edge, Target
from components.host import (
    Host,
    HostArgs,
    Patching,
    PatchingArgs,
    Refresh,
    RefreshArgs,
    Sessions,
    SessionsArgs,
    declared_names,
    deploy_document,
    update_document,
)
from components.kms import Keys
from components.network import Connections, Network
from components.secrets import Parameters, ParametersArgs, Secrets
from platforms.platform import Platform, Traits
from platforms.shared import Shared, shared_rights
from settings.connections import HOST as HOST_GROUP
from settings.grants import HOST_READER, entries_read_by
from settings.parts import shared_variables
from settings.schema.services import HostSettings
from settings.schema.stack import Settings


def traits(settings: Settings, platform: HostSettings) -> Traits:
    """The facts of a host stack: the host as target, and a pipeline's permission to run two SSM documents."""
    names = settings.names
    return Traits(
        target=Target(
            service=HOST_READER,
            port=platform.port,
            protocol="HTTP",
            kind="instance",
            health_path=platform.health_path,
        ),
        pipeline=Pipeline(
            statements=host_rights(names, settings.tags),
            facts=HOST,
            documents={
                "deploy": (names.deploy_document, deploy_document()),
                "update": (names.update_document, update_document()),
            },
        ),
        secret_service="ssm",
    )


def run(
    settings: Settings,
    platform: HostSettings,
    *,
    machine_image: str | None,
    network: Network,
    connections: Connections,
    keys: Keys,
    database: Database | None,
    secrets: Secrets,
    edge: Edge,
    delivery: Delivery | None,
    shared: Shared,
    opts: pulumi.ResourceOptions,
) -> Platform:
    """Construct the host, which starts once its parameters have values."""
    names, log_days = settings.names, settings.monitoring.log_days
    application = {key: settings.tags[key] for key in ("App", "Env")}
    entries = entries_read_by(settings, HOST_READER)
    parameters = Parameters(
        "parameters",
        ParametersArgs(
            names=names,
            parameters=platform.parameters,
            sources=_sources(settings, platform, database),
        ),
        opts,
    )
    sessions = Sessions("sessions", SessionsArgs(names=names, keys=keys, log_days=log_days), opts)
    patching = Patching(
        "patching",
        PatchingArgs(
            names=names, ubuntu=platform.ubuntu, tags=application, log_group=sessions.command_log_group
        ),
        opts,
    )
    host = Host(
        "host",
        HostArgs(
            names=names,
            settings=platform,
            entries=entries,
            shared_rights=shared_rights(settings, keys, HOST_READER),
            shared_variables=shared_variables(settings, HOST_READER),
            password_secret=settings.database.password_secret if settings.database else None,
            keys=keys,
            placement=network.private,
            security_group_id=connections.group_ids[HOST_GROUP.name],
            target_group_arn=edge.target_group_arns[HOST_READER],
            image_id=machine_image or "",
            sessions=sessions,
            log_days=log_days,
            tags={**settings.default_tags, "PatchGroup": patching.group},
            depends_on=[*secrets.ready, *shared.ready, *parameters.ready, *edge.ready],
        ),
        opts,
    )
    documents = delivery.documents if delivery else {}
    rules: list[str] = []
    if "update" in documents:
        refresh = Refresh(
            "refresh",
            RefreshArgs(
                names=names,
                parameters=declared_names(names, entries, tuple(platform.parameters)),
                document_arn=documents["update"].arn,
                tags={**application, "Name": names.host_name},
                depends_on=[host],
            ),
            opts,
        )
        rules = refresh.rules
    told = {
        purpose: {"name": document.name, "version": document.version}
        for purpose, document in documents.items()
    }
    return Platform(
        facts={
            "instanceTag": {"key": "Name", "value": names.host_name},
            "deployDocument": told.get("deploy", {}),
            "updateDocument": told.get("update", {}),
            "parameterPath": names.parameter_path,
            "appDir": platform.app_dir,
            "repositoryUrl": platform.repository,
            "siteUrl": edge.url,
            "sessionLogGroup": sessions.log_group,
        },
        log_groups={"app": host.log_groups["app"]},
        other_log_groups=host.metrics.logs,
        host=host.metrics,
        rules=rules,
    )


def _sources(
    settings: Settings, platform: HostSettings, database: Database | None
) -> dict[str, pulumi.Input[str] | None]:
    """The stack's own facts that parameters may take their values from."""
    sources: dict[str, pulumi.Input[str] | None] = {
        "edge.domain": settings.edge.domain if settings.edge else None,
        "platform.repository": platform.repository,
    }
    if database is not None and settings.database is not None:
        sources["database.address"] = database.address
        sources["database.name"] = settings.database.name
        sources["database.username"] = settings.database.username
    return sources
