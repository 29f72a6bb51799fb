"""The model of a published port, in compose's short and long form."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from settings.schema.compose.base import ComposeModel

_SHORT = re.compile(r"(?:(?P<host_ip>[^/]+):)?(?P<published>\d+):(?P<target>\d+)(?:/(?P<protocol>tcp|udp))?")
_EVERY_ADDRESS = ("", "0.0.0.0", "[::]", "::")


def _host_ip(address: Any) -> Any:
    if address not in _EVERY_ADDRESS:
        raise ValueError("the load balancer cannot reach a port of one address only; leave the address out")
    return address


class Port(ComposeModel):
    """A container's port and the port of the host that it is published on."""

    target: Annotated[int, Field(ge=1, le=65535)]
    published: Annotated[int, Field(ge=1, le=65535)]
    protocol: Literal["tcp", "udp"] = "tcp"
    host_ip: Annotated[str, BeforeValidator(_host_ip)] = ""
    mode: Literal["host", "ingress"] = "ingress"
    name: str = ""
    app_protocol: str = ""


def _parsed(value: Any) -> Any:
    if isinstance(value, dict):
        if "published" not in value:
            raise ValueError("without published, compose takes a random port of the host; add published")
        published = value["published"]
        digits = isinstance(published, str) and published.isdecimal()
        return {**value, "published": int(published)} if digits else value
    text = str(value)
    if text.partition("/")[0].isdecimal():
        raise ValueError(f'compose would publish it on a random port of the host; write "{text}:{text}"')
    match = _SHORT.fullmatch(text)
    if match is None:
        raise ValueError('is not a port that the host publishes; write "8000:8000", both as numbers')
    found = {key: one for key, one in match.groupdict().items() if one is not None}
    _host_ip(found.get("host_ip", ""))
    return {**found, "target": int(match["target"]), "published": int(match["published"])}


Ports = list[Annotated[Port, BeforeValidator(_parsed)]]
