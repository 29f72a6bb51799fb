"""Makes moto listen where it does not: paths it leaves out, and a service it does not have at all."""

from __future__ import annotations

import importlib
import re
import sys
import types
from typing import Any

from sandbox.moto.missing_operations import PATHS

WHOLE = {"accessanalyzer": r"https?://access-analyzer\.(.+)\.amazonaws\.com"}


def install() -> None:
    """Add the routes; answering is the hooks' business."""
    for service, paths in PATHS.items():
        urls = importlib.import_module(f"moto.{service}.urls")
        urls.url_paths.update(dict.fromkeys(paths, urls.response.dispatch))
    for service, pattern in WHOLE.items():
        _add_service(service, pattern)


def _add_service(service: str, pattern: str) -> None:
    from moto import backend_index, backends
    from moto.core.base_backend import BackendDict, BaseBackend
    from moto.core.responses import BaseResponse

    name = f"moto.{service}"
    if name in sys.modules:
        return

    class Response(BaseResponse):
        """Every operation is a hook's."""

        def __init__(self) -> None:
            super().__init__(service_name=service)

    backend = type("Backend", (BaseBackend,), {"__module__": f"{name}.models"})
    package, urls = types.ModuleType(name), types.ModuleType(f"{name}.urls")
    found: Any = BackendDict(backend, service)
    setattr(package, f"{service}_backends", found)
    urls.__dict__.update(url_bases=[pattern], url_paths={"{0}/.*$": Response.dispatch})
    sys.modules.update({name: package, f"{name}.urls": urls})
    backend_index.backend_url_patterns.append((service, re.compile(pattern)))
    backends.SERVICE_NAMES  # noqa: B018  (a renamed attribute here would mean that moto moved its registry)
    _teach_server(service)


def _teach_server(service: str) -> None:
    """The server finds a service by its signing name, which here is not its host's."""
    from moto.moto_server import werkzeug_app

    werkzeug_app.SIGNING_ALIASES["access-analyzer"] = "access-analyzer"
