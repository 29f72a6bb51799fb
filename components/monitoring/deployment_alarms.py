"""Names the alarms on which Amazon ECS rolls back a deployment of a service."""

from __future__ import annotations

from collections.abc import Collection

from components.monitoring.alarms.load_balancer import ERRORS, RATIO, SLOW, failing_route, slow_route
from components.monitoring.alarms.services import failed_calls, slow_calls, tasks_missing
from settings.connections import calls
from settings.names import Names
from settings.schema.services import ContainersSettings


def deployment_alarms(
    names: Names, platform: ContainersSettings, service: str, targets: Collection[str]
) -> list[str]:
    """The names of the alarms on the responses of ``service``: to users, or to the services that call it.

    ``targets`` are the services behind the load balancer. A service that nothing calls has the alarm on its
    tasks. Amazon ECS reads the alarms during a deployment, so they may be created after the service.
    """
    made = [call for call in calls(platform) if call[1] == service]
    alarms = [alarm for call in made for alarm in (slow_calls(*call), failed_calls(*call))]
    if service in targets:
        gateway = service == platform.gateway
        alarms = [SLOW, ERRORS, RATIO] if gateway else [slow_route(service), failing_route(service), *alarms]
    return [names.part(str(alarm)) for alarm in alarms or [tasks_missing(service)]]
