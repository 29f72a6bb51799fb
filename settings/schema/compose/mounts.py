"""The model of a mount, in compose's short and long form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from settings.schema.compose.base import ComposeModel, Scalar, Size

_MODES = {"": False, "rw": False, "z": False, "ro": True}
_PATHS = (".", "/", "~")


class TmpfsOptions(ComposeModel):
    """The options of a mount in memory."""

    size: Size | None = None
    mode: Scalar = ""


class VolumeOptions(ComposeModel):
    """The options of a named volume."""

    nocopy: bool = False
    subpath: str = ""


class BindOptions(ComposeModel):
    """The options of a folder of the host."""

    create_host_path: bool = True


class Mount(ComposeModel):
    """What a container sees at one of its paths."""

    type: Literal["bind", "volume", "tmpfs"]
    target: str
    source: str = ""
    read_only: bool = False
    bind: BindOptions = BindOptions()
    volume: VolumeOptions = VolumeOptions()
    tmpfs: TmpfsOptions = TmpfsOptions()


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    source, colon, rest = value.partition(":")
    if not colon:
        return {"type": "volume", "target": source}
    target, _, mode = rest.partition(":")
    if mode not in _MODES:
        raise ValueError('its mode must be "ro" or "rw"')
    kind = "bind" if source.startswith(_PATHS) else "volume"
    return {"type": kind, "source": source, "target": target, "read_only": _MODES[mode]}


Mounts = list[Annotated[Mount, BeforeValidator(_parsed)]]
