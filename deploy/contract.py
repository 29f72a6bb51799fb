"""Reads the deploy contract: the facts that the stack stores for pipelines, as JSON in parameters."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from deploy.errors import DeployError, code


class Contract:
    """The facts of one stack, below ``path`` (``/<application>/<environment>``)."""

    def __init__(self, ssm: Any, path: str) -> None:
        self._ssm, self.path = ssm, path.rstrip("/")

    def fact(self, name: str) -> Any:
        """The fact's value."""
        found = self._find(name)
        if found is None:
            raise DeployError(
                f"{self._parameter(name)}: no such parameter: "
                "check the input `path`, and that the stack is updated"
            )
        return found

    def service(self, name: str) -> dict[str, Any]:
        """The facts of one service; a stack with many services has a parameter for each."""
        services = self._find("services")
        facts = services.get(name) if services is not None else self._find(f"services/{name}")
        if facts is None:
            known = f"; it has {', '.join(sorted(services))}" if services else ""
            raise DeployError(f"service={name}: {self.path} has no such service{known}")
        return facts

    def one_off_task(self, name: str, service: str) -> dict[str, Any]:
        """The facts of one one-off task, which runs the image of ``service``."""
        tasks = self.fact("oneOffTasks")
        if name not in tasks:
            raise DeployError(
                f"migrate={name}: {self.path} has no such one-off task; "
                f"it has {', '.join(sorted(tasks)) or 'none'}"
            )
        if (of := tasks[name].get("service", service)) != service:
            raise DeployError(f"migrate={name}: it runs the image of {of}: give it where {of} is deployed")
        return tasks[name]

    def _find(self, name: str) -> Any:
        try:
            answer = self._ssm.get_parameter(Name=self._parameter(name))
        except ClientError as error:
            if code(error) == "ParameterNotFound":
                return None
            raise
        return json.loads(answer["Parameter"]["Value"])

    def _parameter(self, name: str) -> str:
        return f"{self.path}/deploy/{name}"
