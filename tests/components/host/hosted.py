"""Builds the host of a stack alone, with stand-ins for network, load balancer and sessions."""

from __future__ import annotations

from functools import cache
from typing import Any

from components.host import Host, HostArgs
from settings import Settings
from settings.grants import HOST_READER, entries_read_by
from tests.components.alone import build
from tests.components.host.host_stack import PRODUCTION, stack
from tests.components.stand_ins import PRIVATE, keys, standing_in, waited_for
from tests.harness import Deployment

GROUP, IMAGE, TARGETS = "sg-host", "ami-0123456789abcdef0", "arn:stand-in:edge-targets"


@cache
def hosted(name: str = PRODUCTION) -> Deployment:
    """The host of a shipped stack."""
    return hosted_of(stack(name))


def hosted_of(settings: Settings) -> Deployment:
    """The host of any settings; returns its outputs."""
    assert settings.host is not None
    names, declared = settings.names, settings.host

    def program() -> dict[str, Any]:
        sessions = standing_in(
            log_group=names.log_group("ssm-sessions"), command_log_group=names.log_group("ssm-commands")
        )
        assert settings.database
        host = Host(
            "host",
            HostArgs(
                names=names,
                settings=declared,
                entries=entries_read_by(settings, HOST_READER),
                password_secret=settings.database.password_secret,
                keys=keys(),
                placement=PRIVATE,
                security_group_id=GROUP,
                target_group_arn=TARGETS,
                image_id=IMAGE,
                sessions=sessions,
                log_days=settings.monitoring.log_days,
                tags={**settings.tags, "PatchGroup": "cinematch-production"},
                depends_on=[waited_for("parameter"), waited_for("listener")],
            ),
        )
        return {"log_groups": host.log_groups, "metrics": dict(host.metrics.logs)}

    return build(program)
