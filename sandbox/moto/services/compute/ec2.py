"""EC2: the account's instance metadata defaults, which moto does not store."""

from __future__ import annotations

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
