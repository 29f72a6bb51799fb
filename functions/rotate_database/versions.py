"""Reads and writes the versions of one secret in Secrets Manager, which is eventually consistent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
ATTEMPTS: Final = 5
_FIRST_PAUSE_S: Final = 0.5
"""Doubled after each attempt: 7.5 s in all, a small part of the function's timeout."""

Stages = Mapping[str, Sequence[str]]
"""The staging labels by version id, of versions that have any."""


class RotationRefused(Exception):
    """A step that must not run; the message contains the reason and no value."""


@dataclass(frozen=True)
class Versions:
    """The versions of one secret."""

    store: Any
    """A Secrets Manager client."""
    secret: str
    sleep: Callable[[float], None]

    def stages(self, version: str) -> Stages:
        """The labels of all versions, once this one is current or pending among them."""
        stages: Stages = {}
        for _ in self._attempts():
            known = self.store.describe_secret(SecretId=self.secret)
            if known.get("RotationEnabled") is False:
                raise RotationRefused("rotation is not enabled for this secret")
            stages = known.get("VersionIdsToStages") or {}
            if {CURRENT, PENDING} & set(stages.get(version, ())):
                return stages
        if version not in stages:
            raise RotationRefused(f"version {version} is not one of this secret")
        raise RotationRefused(f"version {version} is not pending")

    def find(self, version: str, stage: str) -> str | None:
        """The value of the version with this label; None where there is none, or it is not visible yet."""
        try:
            answer = self.store.get_secret_value(SecretId=self.secret, VersionId=version, VersionStage=stage)
        except ClientError as problem:
            if _code(problem) != "ResourceNotFoundException":
                raise
            return None
        return answer["SecretString"]

    def read(self, version: str, stage: str) -> str | None:
        """The value of a version that must have one; None where it cannot be read within the time limit."""
        for _ in self._attempts():
            value = self.find(version, stage)
            if value is not None:
                return value
        return None

    def put(self, version: str, value: str) -> None:
        """Put the value of a pending version, unless another run has put one, which is equally valid."""
        try:
            self.store.put_secret_value(
                SecretId=self.secret, ClientRequestToken=version, SecretString=value, VersionStages=[PENDING]
            )
        except ClientError as problem:
            match _code(problem):
                case "ResourceExistsException":
                    return
                case "LimitExceededException":
                    raise RotationRefused(
                        f"{self.secret} has 100 versions, the most that Secrets Manager keeps: it removes "
                        "those without a label by itself once they are 24 hours old; wait that long and "
                        "rotate again, and find out what writes a version more than every 15 minutes"
                    ) from None
            raise

    def publish(self, version: str, stages: Stages) -> None:
        """Move the label AWSCURRENT to a version, and remove its label AWSPENDING."""
        if CURRENT not in stages[version]:
            move = {"SecretId": self.secret, "VersionStage": CURRENT, "MoveToVersionId": version}
            former = holder(stages, CURRENT)
            if former is not None:
                move["RemoveFromVersionId"] = former
            self.store.update_secret_version_stage(**move)
        self.store.update_secret_version_stage(
            SecretId=self.secret, VersionStage=PENDING, RemoveFromVersionId=version
        )

    def _attempts(self) -> Iterator[int]:
        """Five attempt numbers, with a pause before each except the first."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(_FIRST_PAUSE_S * 2 ** (attempt - 1))
            yield attempt


def holder(stages: Stages, label: str) -> str | None:
    """The version that has a label."""
    return next((version for version, labels in stages.items() if label in labels), None)


def _code(problem: ClientError) -> str:
    return problem.response.get("Error", {}).get("Code", "")
