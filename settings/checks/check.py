"""The type of a check: it reads the settings, and yields one line for each error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network

from settings.schema.stack import Settings

Others = Mapping[str, IPv4Network]
"""The address spaces of the other stacks, by stack file."""

Check = Callable[[Settings, Others], Iterator[str]]
