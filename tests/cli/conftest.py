"""The fixture of an emulated account that the environment's credentials belong to."""

from __future__ import annotations

from tests.ops.conftest import empty, signed_in

__all__ = ["empty", "signed_in"]
