"""GuardDuty: every feature of a detector; moto stores those of the last call only."""

from __future__ import annotations

from typing import Any

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.memory import memory


@corrects("guardduty", "CreateDetector", "UpdateDetector")
def remember_features(asked: Asked, answer: Params) -> Params:
    """Features by name, with their configuration."""
    detector = asked.params.get("DetectorId") or answer.get("DetectorId", "")
    kept = memory("detector", asked, detector)
    for feature in _features(asked):
        kept[feature["Name"]] = feature
    return answer


@corrects("guardduty", "GetDetector")
def recall_features(asked: Asked, answer: Params) -> Params:
    """Return all stored features."""
    return {**answer, "Features": list(memory("detector", asked, asked.params["DetectorId"]).values())}


def _features(asked: Asked) -> list[dict[str, Any]]:
    return asked.params.get("Features") or []
