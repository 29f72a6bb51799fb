"""The model of a whole compose document."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from settings.schema.compose.base import ComposeModel, Entries, Scalar, refused
from settings.schema.compose.service import ComposeService


def _service_name(name: str) -> str:
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*", name):
        raise ValueError("a service's name has letters, digits and ._- only")
    return name


class Network(ComposeModel):
    """A network of the containers."""

    driver: Literal["bridge"] = "bridge"
    internal: bool = False
    enable_ipv6: bool = False
    labels: Entries = Field(default_factory=dict)
    ipam: dict[str, Any] = Field(default_factory=dict)
    external: Any = refused(
        "the host has no other network, and its own is not for containers; remove it", False
    )
    name: Any = refused("the host has no other network, and its own is not for containers; remove it")


class Volume(ComposeModel):
    """A named volume."""

    driver: Literal["local"] = "local"
    labels: Entries = Field(default_factory=dict)
    name: str = ""
    external: Any = refused("a new host has no volumes; remove it", False)
    driver_opts: Any = refused("it can mount any folder of the host; remove it", {})


class ComposeDocument(ComposeModel):
    """``platform.compose``: the containers of a host."""

    services: dict[Annotated[str, AfterValidator(_service_name)], ComposeService] = Field(min_length=1)
    networks: dict[str, Network | None] = Field(default_factory=dict)
    volumes: dict[str, Volume | None] = Field(default_factory=dict)
    name: str = ""
    version: Scalar = ""
    secrets: Any = refused("the host writes secrets into .env; use env_file: .env", {})
    configs: Any = refused("the host has this document only; put files into the image", {})
    include: Any = refused("the host has this document only; write the services out", [])
