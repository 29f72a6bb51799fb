"""KMS: the rotation period of a key, of which moto keeps only that it rotates."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.memory import memory


@corrects("kms", "GetKeyRotationStatus")
def rotation_period(asked: Asked, answer: Params) -> Params:
    """moto knows that a key rotates, not how often."""
    name = asked.params["KeyId"].rpartition("/")[2]
    days = memory("rotation", asked, name).get("days", 365)
    return {**answer, **({"RotationPeriodInDays": days} if answer.get("KeyRotationEnabled") else {})}


@corrects("kms", "EnableKeyRotation")
def remember_rotation(asked: Asked, answer: Params) -> Params:
    """Keeps the period."""
    if days := asked.params.get("RotationPeriodInDays"):
        memory("rotation", asked, asked.params["KeyId"].rpartition("/")[2])["days"] = days
    return answer
