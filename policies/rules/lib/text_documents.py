"""Parses documents that AWS takes as JSON or YAML text, and maps whose keys AWS and the provider spell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml


@lru_cache(maxsize=64)
def parse(text: str) -> Mapping[str, Any]:
    """The object that a JSON or YAML text has; empty for anything else."""
    try:
        read = json.loads(text)
    except RecursionError:
        return {}
    except ValueError:
        read = _from_yaml(text)
    return read if isinstance(read, Mapping) else {}


def _from_yaml(text: str) -> Any:
    try:
        return yaml.load(text, yaml.SafeLoader)  # libyaml's loader crashes on deep nesting
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None


def entry(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a key in a map whose keys the provider hands on as they are, however they are spelled."""
    wanted = _plain(key)
    return next((mapping[other] for other in mapping if _plain(str(other)) == wanted), None)


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()
