"""EC2: the account's instance metadata defaults, and terminated instances without volume and interface."""

from __future__ import annotations

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
    """Let an instance take its volumes and interfaces with it: AWS's default, for which moto keeps them."""
    from moto.ec2.models.instances import Instance

    original = Instance.terminate

    def terminate(self: Any) -> Any:
        for part in (*self.nics.values(), *self.block_device_mapping.values()):
            part.delete_on_termination = True
        return original(self)

    Instance.terminate = terminate  # type: ignore[method-assign]
