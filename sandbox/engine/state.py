"""The resources of a stack by URN: in memory, and on disk only encrypted with a key of the emulated KMS."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.engine.model import Resource
from sandbox.provider.calls import Aws
from sandbox.provider.diff import canonical

KEY_ALIAS = "alias/strongroom-sandbox-state"
CONTEXT = {"purpose": "strongroom sandbox state"}


@dataclass
class State:
    """The resources of the last run, and replaced ones still to be deleted."""

    resources: dict[str, Resource] = field(default_factory=dict, repr=False)
    pending: list[Resource] = field(default_factory=list, repr=False)
    outputs: dict[str, Any] = field(default_factory=dict, repr=False)

    def copy(self) -> State:
        """For a preview, which must not change the state."""
        return State(dict(self.resources), list(self.pending), dict(self.outputs))

    def forget(self, old: Resource) -> None:
        """Remove a deleted resource."""
        if old in self.pending:
            self.pending.remove(old)
        elif self.resources.get(old.urn) is old:
            del self.resources[old.urn]

    def with_needs(self, urns: Collection[str]) -> set[str]:
        """These URNs and all that these resources need, directly or not."""
        found, left = set[str](), [*urns]
        while left:
            urn = left.pop()
            if urn in self.resources and urn not in found:
                found.add(urn)
                left += self.resources[urn].needs()
        return found

    def to_json(self) -> str:
        """The whole state as text, secrets included: never write it unencrypted."""
        parts = {"resources": list(self.resources.values()), "pending": self.pending}
        body = {key: [_plain(resource) for resource in items] for key, items in parts.items()}
        return json.dumps({**body, "outputs": canonical(self.outputs)})

    @classmethod
    def from_json(cls, text: str) -> State:
        """The reverse of :meth:`to_json`; an asset stays a digest."""
        body = json.loads(text)
        resources = [_resource(item) for item in body["resources"]]
        pending = [_resource(item) for item in body["pending"]]
        return cls({resource.urn: resource for resource in resources}, pending, body["outputs"])


def _plain(resource: Resource) -> dict[str, Any]:
    body = asdict(_without_assets(resource))
    return {**body, "secret": sorted(resource.secret)}


def _without_assets(resource: Resource) -> Resource:
    inputs, outputs = canonical(resource.inputs), canonical(resource.outputs)
    return Resource(**{**vars(resource), "inputs": inputs, "outputs": outputs})


def _resource(body: dict[str, Any]) -> Resource:
    return Resource(**{**body, "secret": set(body["secret"])})


class Vault:
    """Stores the state in a file as ``awskms://`` does: a data key of the emulated KMS encrypts it.

    The key that opens the file exists only in the memory of the process that serves the emulated AWS,
    and goes with it.
    """

    def __init__(self, aws: Aws, path: Path) -> None:
        self.aws, self.path = aws, path

    def load(self) -> State:
        """The stored state; a new one where there is none."""
        if not self.path.exists():
            return State()
        body = json.loads(self.path.read_text())
        blob = base64.b64decode(body["key"])
        key = self.aws.client("kms").decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"]
        nonce, sealed = base64.b64decode(body["nonce"]), base64.b64decode(body["state"])
        return State.from_json(AESGCM(key).decrypt(nonce, sealed, None).decode())

    def save(self, state: State) -> None:
        """Replace the file, readable by the owner only, with a new data key."""
        made = self.aws.client("kms").generate_data_key(
            KeyId=state_key(self.aws), KeySpec="AES_256", EncryptionContext=CONTEXT
        )
        nonce = os.urandom(12)
        sealed = AESGCM(made["Plaintext"]).encrypt(nonce, state.to_json().encode(), None)
        parts = {"key": made["CiphertextBlob"], "nonce": nonce, "state": sealed}
        text = json.dumps({name: base64.b64encode(part).decode() for name, part in parts.items()})
        fresh = self.path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        fresh.replace(self.path)


def state_key(aws: Aws) -> str:
    """The id of the emulated KMS key that encrypts states; it is created where it is missing."""
    kms = aws.client("kms")
    aliases = [alias for page in kms.get_paginator("list_aliases").paginate() for alias in page["Aliases"]]
    if found := [alias["TargetKeyId"] for alias in aliases if alias["AliasName"] == KEY_ALIAS]:
        return found[0]
    key = kms.create_key(Description="Encrypts the state of the sandbox")["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName=KEY_ALIAS, TargetKeyId=key)
    return key
