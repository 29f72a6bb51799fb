"""Turns the engine's events into the result of a run, as the in-process engine reports it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi.automation.events import EngineEvent, PolicyEvent, StepEventMetadata, StepEventStateMetadata
from pulumi.runtime import rpc

from sandbox import results
from sandbox.automation.exported import SECRET
from sandbox.config import StackConfig
from sandbox.engine import urns
from sandbox.engine.model import STACK_TYPE, PolicyFinding, Resource, Result, Step, is_default_provider
from sandbox.engine.step_executor import Watch
from sandbox.plugin.messages import SIGNATURE
from sandbox.redaction import MASK, Mask
from sandbox.report import VERBS

COLOUR = re.compile(r"<\{%.*?%\}>")
NO_REASON = ("preview failed", "update failed", "Resource monitor has terminated, shutting down")
"""What the engine and the SDK say beside the reason."""
PLUGINS_OF_OURS = "using pulumi-resource-"
SEVERITIES = {"warning": "messages", "error": "problems"}


class Events:
    """Collects the events of one run."""

    def __init__(self, watch: Watch | None = None) -> None:
        self._watch = watch or (lambda op, resource: None)
        self._steps: dict[tuple[str, str], Step] = {}
        self.resources: dict[str, Resource] = {}
        self.told = results.Told()

    def __call__(self, event: EngineEvent) -> None:
        """Take in one event."""
        if event.res_outputs_event:
            self._step(event.res_outputs_event.metadata)
        elif event.policy_event:
            self.told.findings.append(_finding(event.policy_event))
        elif event.diagnostic_event and event.diagnostic_event.severity in SEVERITIES:
            said = COLOUR.sub("", event.diagnostic_event.message).strip()
            if not said.startswith(PLUGINS_OF_OURS):
                getattr(self.told, SEVERITIES[event.diagnostic_event.severity]).append(said)

    def _step(self, step: StepEventMetadata) -> None:
        state = step.new or step.old
        if state is None or is_default_provider(step.type, urns.name_of(step.urn)):
            return
        resource = _resource(state)
        if step.new:
            self.resources[step.urn] = resource
        if step.type == STACK_TYPE and step.new:
            self.told.outputs = _known(step.new.outputs or {})
        # A replacement is one step here; the engine also reports its creation and its deletion.
        if step.op.value in VERBS:
            # Outputs that are registered later make another event of the same step.
            known = self._steps.get((step.op.value, step.urn))
            changed = tuple(step.diffs or ())
            self._steps[step.op.value, step.urn] = Step(
                step.op.value, step.urn, step.type, resource.name, known.changed if known else changed
            )
            if known is None:
                self._watch(step.op.value, resource)

    def failed(self, printed: str) -> None:
        """Keep what the CLI printed, where no event gives a reason."""
        told = self.told
        told.problems = [problem for problem in told.problems if problem not in NO_REASON]
        if not told.problems and not any(found.stops for found in told.findings):
            told.problems = [printed or "the engine gave no reason"]

    def fill(self, result: Result, config: StackConfig, state: Mapping[str, Resource]) -> None:
        """Copy the run into ``result``; ``state`` holds the resources as they are now, with secrets."""
        result.steps = list(self._steps.values())
        known = {} if result.preview else state
        result.resources = [known.get(urn, one) for urn, one in self.resources.items()]
        result.secret_outputs = {key for key, value in self.told.outputs.items() if value == MASK}
        results.conclude(result, self.told, Mask(config, state.values()))


def _finding(event: PolicyEvent) -> PolicyFinding:
    return PolicyFinding(
        event.policy_name,
        event.enforcement_level,
        COLOUR.sub("", event.message).strip(),
        event.resource_urn or "",
    )


def _resource(state: StepEventStateMetadata) -> Resource:
    """The resource as events describe it: every secret is masked, and dependencies are left out."""
    inputs, outputs = _known(state.inputs or {}), _known(state.outputs or {})
    return Resource(
        urn=state.urn,
        type=state.type,
        name=urns.name_of(state.urn),
        parent=state.parent,
        custom=bool(state.custom),
        inputs=inputs,
        secret={key for key, value in inputs.items() if _holds(MASK, value)},
        id=state.id,
        outputs=outputs,
        provider=state.provider,
        protect=bool(state.protect),
        retain_on_delete=bool(state.retain_on_delete),
    )


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Properties with secrets masked, and unknown values as None."""

    def simple(value: Any) -> Any:
        if isinstance(value, dict):
            is_secret = value.get(SIGNATURE) == SECRET
            return MASK if is_secret else {key: simple(item) for key, item in value.items()}
        if isinstance(value, list):
            return [simple(item) for item in value]
        return None if value == rpc.UNKNOWN else value

    return {key: simple(value) for key, value in values.items()}


def _holds(text: str, value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds(text, item) for item in value.values())
    if isinstance(value, list):
        return any(_holds(text, item) for item in value)
    return value == text
