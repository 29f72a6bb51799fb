"""An account that a command may be signed in to."""

from __future__ import annotations

from tests.ops.conftest import empty, signed_in

__all__ = ["empty", "signed_in"]
