"""Names the alarms on which Amazon ECS rolls back a deployment of a service."""

from __future__ import annotations

from components.monitoring.alarms.load_balancer import ERRORS, RATIO, SLOW
from components.monitoring.alarms.services import failed_calls, slow_calls
from settings.connections import calls
from settings.names import Names
from settings.schema.services import ContainersSettings


def deployment_alarms(names: Names, platform: ContainersSettings, service: str) -> list[str]:
    """The names of the alarms on the responses of ``service``: to users for the gateway, else to its callers.

    Amazon ECS reads the alarms during a deployment, so they may be created after the service.
    """
    if service == platform.gateway:
        alarms = [SLOW, ERRORS, RATIO]
    else:
        made = [call for call in calls(platform) if call[1] == service]
        alarms = [alarm for call in made for alarm in (slow_calls(*call), failed_calls(*call))]
    return [names.part(str(alarm)) for alarm in alarms]
