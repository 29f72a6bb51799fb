"""KMS: the rotation period of a key; moto stores only whether it rotates."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.memory import memory


@corrects("kms", "GetKeyRotationStatus")
def rotation_period(asked: Asked, answer: Params) -> Params:
    """Add the period to the response."""
    name = asked.params["KeyId"].rpartition("/")[2]
    days = memory("rotation", asked, name).get("days", 365)
    return {**answer, **({"RotationPeriodInDays": days} if answer.get("KeyRotationEnabled") else {})}


@corrects("kms", "EnableKeyRotation")
def remember_rotation(asked: Asked, answer: Params) -> Params:
    """Store the period."""
    if days := asked.params.get("RotationPeriodInDays"):
        memory("rotation", asked, asked.params["KeyId"].rpartition("/")[2])["days"] = days
    return answer
