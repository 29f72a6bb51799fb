"""The models of what a service waits for, and of its health check."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from settings.schema.compose.base import ComposeModel, Duration, Texts

COMPLETED = "service_completed_successfully"
HEALTHY = "service_healthy"


class Dependency(ComposeModel):
    """The state of another service that a service waits for."""

    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]
    required: bool = True
    restart: bool = False


def _conditions(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return {name: {"condition": "service_started"} for name in value}
    return value


Dependencies = Annotated[dict[str, Dependency], BeforeValidator(_conditions)]


def _test(value: Any) -> Any:
    if isinstance(value, list) and (not value or value[0] not in ("CMD", "CMD-SHELL", "NONE")):
        raise ValueError("a list must begin with CMD, CMD-SHELL or NONE")
    return value


class HealthCheck(ComposeModel):
    """The command by which docker decides whether a container is healthy."""

    test: Annotated[Texts, BeforeValidator(_test)] = Field(default_factory=list)
    interval: Duration | None = None
    timeout: Duration | None = None
    start_period: Duration | None = None
    start_interval: Duration | None = None
    retries: Annotated[int, Field(ge=1)] | None = None
    disable: bool = False

    @property
    def disabled(self) -> bool:
        """Whether the container has no health check, not even that of its image."""
        return self.disable or self.test == ["NONE"]
