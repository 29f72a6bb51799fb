"""The shipped host stacks as settings, whole or with some keys of some sections changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settings import Settings, parse
from settings.stack_file import ROOT, raw_config

PRODUCTION, STAGING = "cinematch-production", "cinematch-staging"
SSH = {"ssh": {"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}}
"""``strongroom:platform`` of a host with SSH enabled."""
PRIVATE_KEY = {
    "ec2-ssh-key": {
        "name": "/cinematch/production/ec2-ssh-key",
        "kind": "ssh-private-key",
        "store": "parameter-store",
        "description": "Private key of the pipeline",
        "readers": ["deploy"],
    }
}
"""``strongroom:secrets`` with the private key of the pipeline."""


def stack(name: str = PRODUCTION, **sections: Mapping[str, Any]) -> Settings:
    """A shipped stack's settings; changes are written as in YAML."""
    raw = raw_config(ROOT / f"Pulumi.{name}.yaml")
    for section, changes in sections.items():
        raw[section] = {**raw.get(section, {}), **changes}
    return parse(name, raw, others={}, examples_allowed=True)
