"""The fixtures of an emulated account that the environment's credentials belong to, and of a browser."""

from __future__ import annotations

from tests.ops.conftest import empty, signed_in
from tests.report.conftest import browser, open_page

__all__ = ["browser", "empty", "open_page", "signed_in"]
