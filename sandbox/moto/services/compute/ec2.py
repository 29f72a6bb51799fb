"""EC2: the account's instance metadata defaults, which moto does not store; images are loaded when needed."""

from __future__ import annotations

import threading
from typing import Any

from sandbox.moto.hooks import Asked, Params, answers
from sandbox.moto.memory import memory


@answers("ec2", "ModifyInstanceMetadataDefaults")
def set_metadata_defaults(asked: Asked) -> Params:
    """Return the account's defaults."""
    given = {key: value for key, value in asked.params.items() if key != "DryRun" and value is not None}
    memory("metadata-defaults", asked, "account").update(given)
    return {"Return": True}


@answers("ec2", "GetInstanceMetadataDefaults")
def metadata_defaults(asked: Asked) -> Params:
    """Store the given defaults."""
    return {"AccountLevel": dict(memory("metadata-defaults", asked, "account"))}


def install() -> None:
    """Load moto's 1,300 public images with the first look at them: most stacks have no instance."""
    from moto.ec2.models.amis import AmiBackend

    load, loading = AmiBackend._load_amis, threading.RLock()

    def init(self: Any) -> None:
        self.deleted_amis = []

    def images(self: Any) -> dict[str, Any]:
        with loading:
            if "_images" not in self.__dict__:
                self._images = {}
                load(self)
            return self._images

    AmiBackend.__init__ = init  # type: ignore[method-assign]
    AmiBackend.amis = property(images)  # type: ignore[assignment, method-assign]
