"""Secrets Manager's staging labels as its API reference describes them; each violation is an error.

moto cannot serve for this: it lets two versions have AWSCURRENT, loses labels and never runs a rotation.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NoReturn

from botocore.exceptions import ClientError

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
VERSIONS = 100
"""The most versions with a value that a secret holds."""
KEPT_HOURS = 24
"""How long a version without a label is kept at least."""


@dataclass
class Version:
    value: str | None = field(default=None, repr=False)
    labels: set[str] = field(default_factory=set)
    made_at: int = 0
    """The time at which its value was put."""


@dataclass
class Stored:
    versions: dict[str, Version] = field(default_factory=dict)
    rotation_enabled: bool | None = None
    former: dict[str, Version] = field(default_factory=dict)
    """The versions before the writes that are not visible yet."""
    late: int = 0
    """The number of further reads that do not see the last writes."""

    def writing(self, late_reads: int) -> None:
        """Keep the current versions for the reads that do not see the following write."""
        if not self.late:
            self.former = deepcopy(self.versions)
        self.late = late_reads

    def readable(self) -> dict[str, Version]:
        """The versions as one more read sees them."""
        if not self.late:
            return self.versions
        self.late -= 1
        return self.former

    def holder(self, label: str) -> str | None:
        """The version with a label; at most one has it."""
        return _holder(self.versions, label)

    def move(self, label: str, to: str) -> None:
        former = self.holder(label)
        if former == to:
            return
        if former:
            self.versions[former].labels.discard(label)
        self.versions[to].labels.add(label)
        # AWSPREVIOUS follows AWSCURRENT by itself.
        if label == CURRENT and former:
            self.move(PREVIOUS, former)


def _holder(versions: dict[str, Version], label: str) -> str | None:
    holders = [name for name, version in versions.items() if label in version.labels]
    assert len(holders) <= 1, f"{label} is on {len(holders)} versions"
    return holders[0] if holders else None


@dataclass
class StrictSecretsManager:
    """A client like boto3's, for the calls that a rotation makes.

    ``first_put_is_current``: the reference says that the first value of a secret gets AWSCURRENT by
    itself, but not whether this holds for a version that a rotation created, so both are tested.
    """

    first_put_is_current: bool = False
    secrets: dict[str, Stored] = field(default_factory=dict)
    late_reads: int = 0
    """How many reads after a write return the state before it: Secrets Manager is eventually consistent."""
    unreadable: set[str] = field(default_factory=set)
    """The secrets whose values cannot be read, though their labels can."""
    hours: int = 0

    def create_secret(self, *, Name: str, SecretString: str | None = None, VersionId: str = "v" * 32) -> None:
        self.secrets[Name] = Stored()
        if SecretString is not None:
            self.secrets[Name].versions[VersionId] = Version(SecretString, {CURRENT})

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        stored = self._stored(SecretId)
        answer: dict[str, Any] = {"Name": SecretId}
        if stored.rotation_enabled is not None:
            answer["RotationEnabled"] = stored.rotation_enabled
        # A version without a label is deprecated and no longer listed.
        labelled = {name: sorted(v.labels) for name, v in stored.readable().items() if v.labels}
        return answer | ({"VersionIdsToStages": labelled} if labelled else {})

    def get_secret_value(
        self, *, SecretId: str, VersionId: str | None = None, VersionStage: str | None = None
    ) -> dict[str, Any]:
        stored = self._stored(SecretId)
        versions = {} if SecretId in self.unreadable else stored.readable()
        if VersionId is None:
            VersionId = _holder(versions, VersionStage or CURRENT)
        version = versions.get(VersionId or "")
        if version is None or (VersionStage and VersionStage not in version.labels) or version.value is None:
            _fail("ResourceNotFoundException", "GetSecretValue")
        return {
            "VersionId": VersionId,
            "SecretString": version.value,
            "VersionStages": sorted(version.labels),
        }

    def put_secret_value(
        self,
        *,
        SecretId: str,
        ClientRequestToken: str,
        SecretString: str,
        VersionStages: list[str] | None = None,
    ) -> dict[str, Any]:
        stored = self._stored(SecretId)
        if not 32 <= len(ClientRequestToken) <= 64 or not 1 <= len(SecretString) <= 65536:
            _fail("InvalidParameterException", "PutSecretValue")
        version = stored.versions.get(ClientRequestToken, Version())
        if version.value is not None:
            if version.value != SecretString:
                _fail("ResourceExistsException", "PutSecretValue")
            return {"VersionId": ClientRequestToken}
        self._make_room(stored)
        first = all(version.value is None for version in stored.versions.values())
        stored.writing(self.late_reads)
        stored.versions[ClientRequestToken] = version = Version(labels=version.labels, made_at=self.hours)
        version.value = SecretString
        for label in VersionStages or [CURRENT]:
            stored.move(label, ClientRequestToken)
        if first and self.first_put_is_current:
            stored.move(CURRENT, ClientRequestToken)
        return {"VersionId": ClientRequestToken}

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str | None = None,
        RemoveFromVersionId: str | None = None,
    ) -> dict[str, Any]:
        stored = self._stored(SecretId)
        holder = stored.holder(VersionStage)
        for version in (MoveToVersionId, RemoveFromVersionId):
            if version is not None and version not in stored.versions:
                _fail("ResourceNotFoundException", "UpdateSecretVersionStage")
        if RemoveFromVersionId != holder and not (RemoveFromVersionId is None and holder == MoveToVersionId):
            # A label that is on another version must be named with that version, and only then.
            _fail("InvalidParameterException", "UpdateSecretVersionStage")
        if MoveToVersionId is None:
            if VersionStage == CURRENT or RemoveFromVersionId is None:
                _fail("InvalidParameterException", "UpdateSecretVersionStage")
            stored.writing(self.late_reads)
            stored.versions[RemoveFromVersionId].labels.discard(VersionStage)
        else:
            stored.writing(self.late_reads)
            stored.move(VersionStage, MoveToVersionId)
        return {"Name": SecretId}

    def rotate_secret(self, *, SecretId: str, ClientRequestToken: str) -> dict[str, Any]:
        """Begin a rotation; the caller runs the steps."""
        stored = self._stored(SecretId)
        pending = stored.holder(PENDING)
        if pending is not None and pending != stored.holder(CURRENT):
            _fail("InvalidRequestException", "RotateSecret")
        stored.rotation_enabled = True
        stored.writing(self.late_reads)
        stored.versions[ClientRequestToken] = Version()
        stored.move(PENDING, ClientRequestToken)
        return {"VersionId": ClientRequestToken}

    def cancel_rotate_secret(self, *, SecretId: str) -> dict[str, Any]:
        self._stored(SecretId).rotation_enabled = False
        return {"Name": SecretId}

    def _make_room(self, stored: Stored) -> None:
        """Remove versions without a label, as Secrets Manager does, or reject one more version."""
        valued = [name for name, version in stored.versions.items() if version.value is not None]
        for name in valued if len(valued) >= VERSIONS else ():
            version = stored.versions[name]
            if not version.labels and self.hours - version.made_at >= KEPT_HOURS:
                del stored.versions[name]
        if sum(version.value is not None for version in stored.versions.values()) >= VERSIONS:
            _fail("LimitExceededException", "PutSecretValue")

    def _stored(self, name: str) -> Stored:
        if name not in self.secrets:
            _fail("ResourceNotFoundException", "DescribeSecret")
        return self.secrets[name]


def _fail(code: str, operation: str) -> NoReturn:
    raise ClientError({"Error": {"Code": code, "Message": "as documented"}}, operation)
