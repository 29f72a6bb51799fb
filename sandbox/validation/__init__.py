"""Checks the parameters of every call of the sandbox as AWS would, before the call is sent."""

from __future__ import annotations

from sandbox.validation.client_hook import InvalidParameters, install

__all__ = ["InvalidParameters", "install"]
