"""EC2: metadata defaults, terminated instances without volume and interface, images loaded when needed."""

from __future__ import annotations

import threading
from typing import Any

from sandbox.moto.hooks import Asked, Params, answers
from sandbox.moto.memory import memory


@answers("ec2", "ModifyInstanceMetadataDefaults")
def set_metadata_defaults(asked: Asked) -> Params:
    """Store the given defaults; "no-preference" takes one back."""
    kept = memory("metadata-defaults", asked, "account")
    for key, value in asked.params.items():
        if value in ("no-preference", -1):
            kept.pop(key, None)
        elif key != "DryRun" and value is not None:
            kept[key] = value
    return {"Return": True}


@answers("ec2", "GetInstanceMetadataDefaults")
def metadata_defaults(asked: Asked) -> Params:
    """Return the account's defaults."""
    return {"AccountLevel": dict(memory("metadata-defaults", asked, "account"))}


def install() -> None:
    """Patch moto's instances and images."""
    _load_images_when_needed()
    _delete_with_instance()


def _load_images_when_needed() -> None:
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


def _delete_with_instance() -> None:
    """Let an instance take its volumes and interfaces with it: AWS's default, for which moto keeps them."""
    from moto.ec2.models.instances import Instance

    original = Instance.terminate

    def terminate(self: Any) -> Any:
        for part in (*self.nics.values(), *self.block_device_mapping.values()):
            part.delete_on_termination = True
        before, volumes = original(self), self.ec2_backend.volumes
        # A launch template that replaces the root volume leaves moto with two, both attached to the instance.
        for id_, volume in list(volumes.items()):
            if volume.attachment and volume.attachment.instance is self:
                del volumes[id_]
        return before

    Instance.terminate = terminate  # type: ignore[method-assign]
