"""Deploys the host's components of a shipped stack on the recording engine, once a test session."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from components.delivery import Delivery, DeliveryArgs
from components.host import Host, HostArgs
from components.keys import Keys, KeysArgs
from components.parameters import Parameters, ParametersArgs
from components.patching import Patching, PatchingArgs
from components.placement import Placement
from components.sessions import Sessions, SessionsArgs
from settings import Settings, parse
from settings.grants import HOST_READER, entries_read_by, grants
from settings.services import HostSettings
from settings.stack_file import ROOT, raw_config
from tests.harness import Deployment, deploy

PRODUCTION, STAGING = "cinematch-production", "cinematch-staging"
AMI = "ami-0123456789abcdef0"


def stack(name: str = PRODUCTION, **sections: Mapping[str, Any]) -> Settings:
    """A shipped stack's settings, with some keys of some sections changed (camelCase, as in YAML)."""
    raw = raw_config(ROOT / f"Pulumi.{name}.yaml")
    for section, changes in sections.items():
        raw[section] = {**raw.get(section, {}), **changes}
    return parse(name, raw, others={}, examples_allowed=True)


@cache
def shipped_host(name: str = PRODUCTION) -> Deployment:
    """The host's components of one shipped stack."""
    return host_of(stack(name))


def host_of(settings: Settings) -> Deployment:
    """Keys, parameters, sessions, patching, host and delivery of one stack."""
    platform, names = settings.platform, settings.names
    assert isinstance(platform, HostSettings)
    assert settings.database is not None
    assert settings.delivery is not None
    database, delivered = settings.database, settings.delivery

    def program() -> None:
        keys = Keys(
            "keys", KeysArgs(names=names, grants=grants(settings), host_roles=settings.host_roles)
        )
        parameters = Parameters(
            "parameters",
            ParametersArgs(
                names=names,
                parameters=platform.parameters,
                sources={
                    "database.address": "db.internal",
                    "database.name": database.name,
                    "database.username": database.username,
                    "edge.domain": settings.edge.domain,
                },
            ),
        )
        sessions = Sessions(
            "sessions", SessionsArgs(names=names, keys=keys, log_days=settings.monitoring.log_days)
        )
        patching = Patching(
            "patching",
            PatchingArgs(
                names=names,
                ubuntu=platform.ubuntu,
                tags={key: settings.tags[key] for key in ("App", "Env")},
                log_group=sessions.command_log_group,
            ),
        )
        Host(
            "host",
            HostArgs(
                names=names,
                settings=platform,
                entries=entries_read_by(settings, HOST_READER),
                keys=keys,
                placement=Placement("vpc-1", ["subnet-a", "subnet-b"]),
                security_group_id="sg-host",
                target_group_arn="arn:target-group",
                image_id=AMI,
                sessions=sessions,
                log_days=settings.monitoring.log_days,
                tags={**settings.tags, "PatchGroup": patching.group},
                ready=parameters.entries,
            ),
        )
        Delivery(
            "delivery",
            DeliveryArgs(
                settings=settings,
                delivery=delivered,
                secret_arns={},
                secrets_key_arn=keys.arns["secrets"],
            ),
        )

    return deploy(program)
