"""Chooses the availability zones of a stack."""

from __future__ import annotations

from collections.abc import Mapping

from settings.schema.network import NetworkSettings


def chosen_zones(network: NetworkSettings, offered: Mapping[str, str]) -> dict[str, str]:
    """The first ``azs`` zones by name that are not excluded, with their ids; fewer where fewer are offered.

    ``offered`` are the region's zones by name, with their ids: a name means another zone in every account.
    """
    allowed = sorted(zone for zone in offered.items() if zone[1] not in network.az_exclude)
    return dict(allowed[: network.azs])
